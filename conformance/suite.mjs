// The suite's client, for one run:
//
//   node suite.mjs catalogue          the cases, and the results its authors published
//   node suite.mjs run BASE           run every case through the cache at BASE
//   node suite.mjs run BASE ID...     run these alone
//   node suite.mjs trace BASE ID...   likewise, showing each message on stderr
//
// The answer is JSON on stdout; whatever the suite itself prints goes to stderr.
import { readFileSync, writeSync } from 'node:fs'
import fetch from 'node-fetch'
import { getResults, runTests } from 'http-cache-tests/client/runner.mjs'
import published from 'http-cache-tests/results/index.mjs'
import surrogate from 'http-cache-tests/tests/surrogate-control.mjs'
import suites from 'http-cache-tests/tests/index.mjs'

console.log = console.error

const everything = [...suites, surrogate]

// Cases run side by side in a whole run, as the suite's own command does it.
// Chosen ones get more of the machine to themselves.
const together = 100
const alone = 5

function catalogue () {
  const cases = everything.flatMap(suite => suite.tests
    .filter(test => !test.browser_only)
    .map(test => ({
      id: test.id,
      kind: test.kind ?? 'required',
      surrogate: suite === surrogate
    })))
  const others = published
    .filter(other => other.type !== 'browser')
    .map(other => ({ name: other.name, version: other.version, results: read(other.file) }))
  return { cases, published: others }
}

function read (file) {
  return JSON.parse(readFileSync(new URL(import.meta.resolve(`http-cache-tests/results/${file}`))))
}

async function run (base, ids, dump) {
  const chosen = everything.map(suite => ({
    ...suite,
    tests: suite.tests
      .filter(test => ids.length === 0 || ids.includes(test.id))
      .map(test => ({ ...test, dump }))
  }))
  await runTests(chosen, fetch, false, base, ids.length === 0 ? together : alone)
  return getResults()
}

function print (answer) {
  const text = Buffer.from(JSON.stringify(answer))
  for (let written = 0; written < text.length;) written += writeSync(1, text, written)
}

const [command, base, ...ids] = process.argv.slice(2)
print(command === 'catalogue' ? catalogue() : await run(base, ids, command === 'trace'))
