import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A real Chromium, or an error that says how to get one: what is not tested must not look as if it were. */
export function startBrowser(): Promise<Browser> {
  const { CHROMIUM_PATH } = process.env
  const executablePath = CHROMIUM_PATH ?? PLACES.find((path) => existsSync(path))
  if (executablePath === undefined)
    throw new Error(`expected Chromium at ${PLACES.join(' or ')}: run \`apt-get install chromium\`, or set CHROMIUM_PATH`)
  return chromium.launch({ executablePath, args: ARGS })
}
