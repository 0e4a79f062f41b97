import { TidemarkError } from '../errors.ts'

/** Where the Temporal Web UI is, when it is not our own server's. */
export const WEB_UI_VARIABLE = 'TEMPORAL_UI_URL'

/** Addresses in the Temporal Web UI; null where nobody has said where that is. */
export class WebUi {
  readonly #base: string | undefined

  constructor(url: string | undefined, namespace: string) {
    this.#base = url === undefined ? undefined : `${url.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(namespace)}`
  }

  home(): string | null {
    return this.#base === undefined ? null : `${this.#base}/workflows`
  }

  run(workflowId: string, runId?: string | null): string | null {
    if (this.#base === undefined) return null
    const workflow = `${this.#base}/workflows/${encodeURIComponent(workflowId)}`
    return runId ? `${workflow}/${encodeURIComponent(runId)}/history` : workflow
  }

  schedule(id: string): string | null {
    return this.#base === undefined ? null : `${this.#base}/schedules/${encodeURIComponent(id)}`
  }
}

/**
 * The environment's address of a Web UI.
 * @throws TidemarkError UsageError when it is none that a browser may open
 */
export function webUiFromEnvironment(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const value = env[WEB_UI_VARIABLE]
  if (value === undefined || value === '') return undefined
  // What is no http address, such as `javascript:`, must never become a link.
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value
  throw new TidemarkError(
    'UsageError',
    `${WEB_UI_VARIABLE} is '${value}'; expected the address of the Temporal Web UI, such as http://127.0.0.1:8233`,
  )
}
