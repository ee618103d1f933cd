// The same request as bench/decisions.cc, decided by @cloud-copilot/iam-simulate. Prints one JSON
// object. usage: node simulate.mjs FILE SECONDS (the package must be found from the working folder)
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [, , file, seconds] = process.argv
const require = createRequire(process.cwd() + '/')
const { runSimulation } = await import(pathToFileURL(require.resolve('@cloud-copilot/iam-simulate')))
const bench = JSON.parse(readFileSync(file, 'utf8'))
const r = bench.request
const named = (policies, kind) => policies.map((policy, i) => ({ name: `${kind}${i}`, policy }))

const simulation = {
  request: {
    action: r.action,
    principal: r.principal,
    resource: { resource: r.resource, accountId: r.account },
    contextVariables: r.context
  },
  identityPolicies: named(bench.identity, 'identity'),
  permissionBoundaryPolicies: named([bench.boundary], 'boundary'),
  sessionPolicy: bench.session,
  serviceControlPolicies: bench.service_control.map((policy, i) => ({
    orgIdentifier: `level${i}`,
    policies: named([policy], 'scp')
  })),
  resourceControlPolicies: [],
  resourcePolicy: bench.resource
}

let count = 0
let result
const begin = performance.now()
while (performance.now() - begin < Number(seconds) * 1000) {
  result = await runSimulation(simulation, {})
  count++
}
const rate = count / ((performance.now() - begin) / 1000)
const verdict = result.analysis?.result ?? result.overallResult ?? result.resultType ?? JSON.stringify(result).slice(0, 300)
console.log(JSON.stringify({ decisions_per_second: rate, verdict }))
