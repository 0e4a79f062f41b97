import type { SftpFolder } from '../../config/sources/sftp.ts'
import { connect } from './connect.ts'
import { Session } from './session.ts'

/** To one host at once, whoever logs in: servers count them, and refuse the next. */
const MOST_EACH_HOST = 4
/** A login costs the server more than an open connection. */
const IDLE_MS = 15_000

interface Shared {
  readonly session: Promise<Session>
  users: number
  idle: NodeJS.Timeout | undefined
  end: (() => void) | undefined
}

/** One session for each login in a process: requests of many sources go through it side by side. */
export class Sessions {
  readonly #shared = new Map<string, Shared>()
  readonly #open = new Map<string, number>()
  readonly #waiting = new Map<string, (() => void)[]>()

  async use<T>(config: SftpFolder, work: (session: Session) => Promise<T>): Promise<T> {
    const { session, release } = await this.lease(config)
    try {
      return await work(session)
    } finally {
      release()
    }
  }

  /** To be released once. */
  async lease(config: SftpFolder): Promise<{ readonly session: Session; release(): void }> {
    const login = loginOf(config)
    const shared = this.#shared.get(login) ?? this.#begin(login, config)
    clearTimeout(shared.idle)
    shared.users += 1
    try {
      const session = await shared.session
      if (session.isLost) {
        this.#forget(login, shared)
        this.#leave(login, shared, session)
        return await this.lease(config)
      }
      session.hold(true)
      return { session, release: () => this.#leave(login, shared, session) }
    } catch (error) {
      this.#forget(login, shared)
      throw error
    }
  }

  #begin(login: string, config: SftpFolder): Shared {
    const session = this.#enter(config.host).then(async () => {
      try {
        return new Session(await connect(config))
      } catch (error) {
        this.#exit(config.host)
        throw error
      }
    })
    const shared: Shared = { session, users: 0, idle: undefined, end: undefined }
    this.#shared.set(login, shared)
    return shared
  }

  #leave(login: string, shared: Shared, session: Session): void {
    shared.users -= 1
    if (shared.users > 0) return
    session.hold(false)
    const end = () => {
      clearTimeout(shared.idle)
      this.#forget(login, shared)
      shared.end = undefined
      void session.end().then(() => this.#exit(hostOf(login)))
    }
    shared.end = end
    if (session.isLost || this.#isWaitedFor(hostOf(login))) end()
    else shared.idle = setTimeout(end, IDLE_MS).unref()
  }

  #forget(login: string, shared: Shared): void {
    if (this.#shared.get(login) === shared) this.#shared.delete(login)
  }

  async #enter(host: string): Promise<void> {
    while ((this.#open.get(host) ?? 0) >= MOST_EACH_HOST) {
      this.#endIdle(host)
      await new Promise<void>((resolve) => this.#waiting.set(host, [...(this.#waiting.get(host) ?? []), resolve]))
    }
    this.#open.set(host, (this.#open.get(host) ?? 0) + 1)
  }

  #isWaitedFor(host: string): boolean {
    return (this.#waiting.get(host) ?? []).length > 0
  }

  /** Makes room for another login, when not all are at work. */
  #endIdle(host: string): void {
    for (const [login, { users, end }] of this.#shared)
      if (users === 0 && end !== undefined && hostOf(login) === host) {
        end()
        return
      }
  }

  #exit(host: string): void {
    this.#open.set(host, (this.#open.get(host) ?? 1) - 1)
    const [next, ...others] = this.#waiting.get(host) ?? []
    this.#waiting.set(host, others)
    next?.()
  }
}

/** All sources of this process. */
export const sessions = new Sessions()

function hostOf(login: string): string {
  return login.slice(0, login.indexOf('\0'))
}

/** Its host first, then all that makes it another login. */
export function loginOf({
  host,
  port,
  user,
  passwordEnv,
  privateKeyEnv,
  passphraseEnv,
  keyFile,
  agent,
  hostKeys,
  knownHosts,
}: SftpFolder): string {
  return `${host}\0${JSON.stringify([port, user, passwordEnv, privateKeyEnv, passphraseEnv, keyFile, agent, hostKeys, knownHosts])}`
}
