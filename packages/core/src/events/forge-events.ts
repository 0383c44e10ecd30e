import { z } from 'zod'
import { builtInEvent } from './define-event.ts'

const conclusion = () => z.enum(['success', 'failure', 'cancelled', 'neutral', 'action_required'])

/** What forges tell besides pull requests, in words that fit all of them. */
export const forgeEvents = {
  push: builtInEvent(
    'push',
    () =>
      z.looseObject({
        vcs: z.string(),
        repository: z.string(),
        branch: z.string(),
        /** Null: the branch is new. */
        before: z.string().nullable(),
        /** Null: the branch was deleted. */
        after: z.string().nullable(),
        forced: z.boolean().optional(),
        actor: z.string().optional(),
      }),
    {
      description: 'Somebody pushed to a branch, made one or deleted one.',
      example: {
        vcs: 'github',
        repository: 'acme/prompts',
        branch: 'main',
        before: '95fd30cd2fa79c7a3f4f2a1ff4dbbd3c8d2a6f5b',
        after: 'c4a1e8c5f0e7ad4b4d8e9d38a1e3f0c2b7a6d5e4',
        actor: 'jane',
      },
    },
  ),
  'pipeline.completed': builtInEvent(
    'pipeline.completed',
    () =>
      z.looseObject({
        vcs: z.string(),
        repository: z.string(),
        id: z.string(),
        name: z.string().optional(),
        sha: z.string(),
        branch: z.string().optional(),
        conclusion: conclusion(),
        url: z.string(),
        pull_requests: z.array(z.number().int()).optional(),
      }),
    {
      description: 'A pipeline or workflow of the forge ended.',
      example: {
        vcs: 'github',
        repository: 'acme/prompts',
        id: '30433642',
        name: 'CI',
        sha: 'c4a1e8c5f0e7ad4b4d8e9d38a1e3f0c2b7a6d5e4',
        branch: 'main',
        conclusion: 'failure',
        url: 'https://github.com/acme/prompts/actions/runs/30433642',
      },
    },
  ),
  'check.completed': builtInEvent(
    'check.completed',
    () =>
      z.looseObject({
        vcs: z.string(),
        repository: z.string(),
        name: z.string(),
        sha: z.string(),
        conclusion: conclusion(),
        url: z.string().optional(),
        pull_requests: z.array(z.number().int()).optional(),
      }),
    {
      description: 'A check or commit status came to its end.',
      example: {
        vcs: 'github',
        repository: 'acme/prompts',
        name: 'evaluation',
        sha: 'c4a1e8c5f0e7ad4b4d8e9d38a1e3f0c2b7a6d5e4',
        conclusion: 'success',
      },
    },
  ),
  'installation.changed': builtInEvent(
    'installation.changed',
    () =>
      z.looseObject({
        vcs: z.string(),
        id: z.number().int(),
        account: z.string(),
        /** The forge's word for what happened, such as `suspend`. */
        action: z.string(),
      }),
    {
      description: 'An app was installed, removed, suspended, or given other repositories or permissions.',
      example: { vcs: 'github', id: 51234567, account: 'acme', action: 'suspend' },
    },
  ),
  'repository.created': builtInEvent(
    'repository.created',
    () =>
      z.looseObject({
        vcs: z.string(),
        repository: z.string(),
        url: z.string(),
        private: z.boolean().optional(),
        default_branch: z.string().optional(),
      }),
    {
      description: 'A repository was made, or became reachable for us.',
      example: {
        vcs: 'github',
        repository: 'acme/prompts',
        url: 'https://github.com/acme/prompts',
        private: true,
        default_branch: 'main',
      },
    },
  ),
} as const
