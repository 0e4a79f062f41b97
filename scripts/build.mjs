// Compiles to dist/ and bundles the workflows ahead, so that a worker starts without a compiler.
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode } from '@temporalio/worker'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')
const require = createRequire(import.meta.url)
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')

rmSync(dist, { recursive: true, force: true })
const compile = (...options) => execFileSync(process.execPath, [tsc, ...options], { stdio: 'inherit', cwd: root })
compile('-p', 'tsconfig.build.json')
// What the browser runs, and the files beside it.
compile('-p', 'tsconfig.page.json', '--noEmit', 'false', '--rootDir', '.', '--outDir', 'dist')
const site = join('src', 'page', 'site')
for (const file of readdirSync(join(root, site)))
  if (!file.endsWith('.ts')) cpSync(join(root, site, file), join(dist, site, file))
const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error }
const { code } = await bundleWorkflowCode({ workflowsPath: join(dist, 'workflows', 'index.js'), logger: quiet })
writeFileSync(join(dist, 'workflow-bundle.js'), code)
chmodSync(join(dist, 'src', 'cli', 'main.js'), 0o755)
