import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { type Connected, connect } from '../../../src/client/connect.ts'
import { type PageServer, servePage } from '../../../src/page/page-server.ts'
import { workerSource } from '../../../src/page/worker-source.ts'
import type { Running } from '../../harness/running.ts'
import { testServer } from '../../harness/server-address.ts'
import { startBrowser } from './browser.ts'

/** A browser that looks at the page of a worker. */
export class Looking implements AsyncDisposable {
  readonly url: string
  readonly page: Page
  /** Wherever the browser has asked for something. */
  readonly hosts = new Set<string>()
  /** What went wrong in it. */
  readonly faults: string[] = []
  readonly #browser: Browser
  readonly #server: PageServer
  readonly #connected: Connected

  private constructor(browser: Browser, page: Page, server: PageServer, connected: Connected) {
    this.#browser = browser
    this.#server = server
    this.#connected = connected
    this.url = server.url
    this.page = page
    page.on('request', (request) => this.hosts.add(new URL(request.url()).host))
    page.on('pageerror', (error) => this.faults.push(error.message))
    page.on('dialog', (dialog) => {
      this.faults.push(`a dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('console', (message) => {
      if (message.type() === 'error') this.faults.push(message.text())
    })
  }

  static async at(
    { worker, workspace }: Running,
    { uiUrl, ...options }: BrowserContextOptions & { uiUrl?: string } = {},
  ): Promise<Looking> {
    const connected = await connect({ address: testServer() })
    const source = workerSource({ config: workspace.config, warehouse: worker.warehouse, connected, uiUrl })
    const server = await servePage({ source, port: 0 })
    const browser = await startBrowser()
    const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options })
    return new Looking(browser, await context.newPage(), server, connected)
  }

  async open(place = ''): Promise<Page> {
    await this.page.goto(`${this.url}/${place}`)
    return this.page
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close()
    await this.#server[Symbol.asyncDispose]()
    await this.#connected[Symbol.asyncDispose]()
  }
}
