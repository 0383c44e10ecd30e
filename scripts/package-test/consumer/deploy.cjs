const assert = require('node:assert/strict')

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
exports.quiet = quiet

/** The main job, from an emitted deployment to a pull request on a fake GitHub, with the packages as installed. */
exports.deploy = async function deploy(load) {
  const { createPullwright } = await load('@pullwright/core')
  const { deploymentPullRequests } = await load('@pullwright/deployments')
  const { github } = await load('@pullwright/github')
  const { fakeGitHub } = await load('@pullwright/testkit')

  const forge = await fakeGitHub()
  forge.state.createUser({ login: 'ada' })
  const { repository } = await forge.state.createRepository({ owner: 'acme', name: 'prompts' })
  forge.state.addCollaborator(repository, 'ada', 'write')
  const token = forge.state.createToken({ user: 'ada' })
  const pullwright = createPullwright({
    logger: quiet,
    vcs: [github({ auth: { token }, baseUrl: forge.url })],
    plugins: [deploymentPullRequests({ routes: [{ vcs: 'github', repository, when: {} }] })],
  })
  await pullwright.emitter.emit('environment.deployed', {
    app_name: 'support-bot',
    variant_name: 'default',
    environment: 'production',
    revision: 2,
    deployed_by: 'ada',
    config: { model: 'gpt-4.1', api_key: 'hush' },
    previous_config: { model: 'gpt-4o', api_key: 'hush' },
  })
  await pullwright.drain()
  const [deployment] = await pullwright.deployments.list()
  const [pullRequest] = await forge.state.pullRequests(repository)
  await pullwright.stop()
  await forge.close()
  assert.equal(deployment.pullRequests[0].url, pullRequest.url)
  assert.match(pullRequest.body, /gpt-4\.1/)
  assert.deepEqual(forge.violations, [])
  assert.doesNotMatch(JSON.stringify([deployment, pullRequest, forge.requests]), /hush/)
}
