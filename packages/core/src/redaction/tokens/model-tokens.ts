import type { TokenRow } from './token-row.ts'

/** Model providers and what stands around them: the secrets likeliest to be in a prompt's configuration. */
export const MODEL_TOKENS: readonly TokenRow[] = [
  ['anthropic-key', 'sk-ant-', /sk-ant-[\w-]{16,}/, 'docs.anthropic.com: API overview'],
  [
    'openai-key',
    'sk-proj- sk-svcacct- sk-admin- sk-None-',
    /sk-(?:proj|svcacct|admin|None)-[\w-]{16,}/,
    'platform.openai.com: API keys',
  ],
  ['openrouter-key', 'sk-or-', /sk-or-[\w-]{16,}/, 'openrouter.ai/docs: Authentication'],
  ['tensorzero-key', 'sk-t0-', /sk-t0-[\w-]{12,}/, 'tensorzero.com/docs: Authentication'],
  ['langfuse-key', 'sk-lf-', /sk-lf-[\w-]{16,}/, 'langfuse.com/docs: API keys'],
  // OpenAI's first form, DeepSeek, Moonshot, LiteLLM and many more. With dashes inside it must not look like words.
  [
    'sk-key',
    'sk-',
    /sk-(?:[A-Za-z0-9]{20,}|(?=[\w-]{0,40}\d)(?=[\w-]{0,40}[A-Z])[\w-]{24,})/,
    'platform.openai.com: API keys',
  ],
  ['openai-marker', 'T3BlbkFJ', /T3BlbkFJ[A-Za-z0-9_-]{16,}/, 'gitleaks: openai-api-key', [/[\w-]/, 10, 200]],
  ['openai-session', 'sess-', /sess-[A-Za-z0-9]{30,}/, 'platform.openai.com: session keys'],
  ['huggingface-token', 'hf_', /hf_[A-Za-z0-9]{20,}/, 'huggingface.co/docs: User access tokens'],
  ['huggingface-org-token', 'api_org_', /api_org_[A-Za-z0-9]{20,}/, 'huggingface.co/docs: User access tokens'],
  ['replicate-token', 'r8_', /r8_[A-Za-z0-9]{20,}/, 'replicate.com/docs: Authentication'],
  ['groq-key', 'gsk_', /gsk_[A-Za-z0-9]{20,}/, 'console.groq.com/docs: API keys'],
  ['perplexity-key', 'pplx-', /pplx-[A-Za-z0-9]{20,}/, 'docs.perplexity.ai: API keys'],
  ['xai-key', 'xai-', /xai-[A-Za-z0-9]{30,}/, 'docs.x.ai: API keys'],
  ['nvidia-key', 'nvapi-', /nvapi-[\w-]{20,}/, 'docs.nvidia.com: API keys'],
  ['fireworks-key', 'fw_', /fw_[A-Za-z0-9]{20,}/, 'docs.fireworks.ai: API keys'],
  ['together-key', 'tgp_v1_', /tgp_v1_[\w-]{20,}/, 'docs.together.ai: API keys'],
  ['cerebras-key', 'csk-', /csk-[a-z0-9]{20,}/, 'inference-docs.cerebras.ai: API keys'],
  ['anyscale-key', 'esecret_', /esecret_[A-Za-z0-9]{20,}/, 'docs.anyscale.com: Authentication'],
  ['langsmith-key', 'lsv2_pt_ lsv2_sk_', /lsv2_(?:pt|sk)_[a-z0-9_]{20,}/, 'docs.smith.langchain.com: API keys'],
  ['langchain-key', 'ls__', /ls__[a-f0-9]{32}/, 'docs.smith.langchain.com: API keys'],
  ['pinecone-key', 'pcsk_', /pcsk_\w{20,}/, 'docs.pinecone.io: API keys'],
  ['tavily-key', 'tvly-', /tvly-[\w-]{16,}/, 'docs.tavily.com: API keys'],
  ['firecrawl-key', 'fc-', /fc-[a-f0-9]{32}(?![a-f0-9-])/, 'docs.firecrawl.dev: API keys'],
  ['jina-key', 'jina_', /jina_[\w-]{30,}/, 'jina.ai: API keys'],
  ['llamacloud-key', 'llx-', /llx-[A-Za-z0-9]{30,}/, 'docs.cloud.llamaindex.ai: API keys'],
  ['voyage-key', 'pa-', /pa-(?=[\w-]{0,42}\d)(?=[\w-]{0,42}[A-Z])[\w-]{43}(?![\w-])/, 'docs.voyageai.com: API keys'],
  ['e2b-key', 'e2b_', /e2b_[a-f0-9]{32,}/, 'e2b.dev/docs: API keys'],
]
