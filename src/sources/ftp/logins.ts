import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { Client } from 'basic-ftp'
import type { FtpFolder } from '../../config/sources/ftp.ts'
import { messageOf, TidemarkError } from '../../errors.ts'
import { envValue } from '../env-value.ts'
import { guardedLookup } from '../refused-address.ts'
import { parseWhole } from './whole-listing.ts'

/** One does one thing at a time; to one host at once, whoever logs in: servers count them, and refuse the next. */
const MOST_EACH_HOST = 3
const IDLE_MS = 15_000
/** Without a byte for so long, none is coming any more. */
const SILENT_MS = 30_000
/** A listing of some 400,000 files. */
const MOST_LISTING_BYTES = 64 * 2 ** 20

export interface Connection {
  readonly client: Client
  /** Commands beyond the first ones of the protocol that the server knows. */
  readonly features: ReadonlyMap<string, string>
}

interface Idle extends Connection {
  readonly login: string
  readonly timer: NodeJS.Timeout
}

/** Logins of this process, used again while they are good. */
class Logins {
  readonly #idle = new Map<string, Idle[]>()
  readonly #taken = new Map<string, number>()
  readonly #waiting = new Map<string, (() => void)[]>()

  /** What `work` throws ends the connection: nobody knows in which state it is then. */
  async use<T>(config: FtpFolder, work: (connection: Connection) => Promise<T>): Promise<T> {
    const { host } = config
    const login = loginOf(config)
    await this.#enter(host)
    let connection: Connection | undefined
    try {
      connection = this.#takeIdle(host, login) ?? (await connect(config))
      connection.client.ftp.socket.ref()
      const answer = await work(connection)
      this.#putIdle(host, login, connection)
      return answer
    } catch (error) {
      connection?.client.close()
      throw error
    } finally {
      this.#exit(host)
    }
  }

  #takeIdle(host: string, login: string): Connection | undefined {
    const idle = this.#idle.get(host) ?? []
    const fit = idle.find((one) => one.login === login && !one.client.closed)
    // To make room: an idle login of somebody else counts at the server as well.
    for (const one of fit ? [fit] : idle.slice(0, 1)) {
      clearTimeout(one.timer)
      this.#idle.set(
        host,
        (this.#idle.get(host) ?? []).filter((other) => other !== one),
      )
      if (one !== fit) one.client.close()
    }
    return fit
  }

  #putIdle(host: string, login: string, { client, features }: Connection): void {
    if (client.closed) return
    client.ftp.socket.unref()
    const forget = () => {
      client.close()
      this.#idle.set(
        host,
        (this.#idle.get(host) ?? []).filter((one) => one.client !== client),
      )
    }
    const timer = setTimeout(forget, IDLE_MS).unref()
    this.#idle.set(host, [...(this.#idle.get(host) ?? []), { login, client, features, timer }])
  }

  async #enter(host: string): Promise<void> {
    while ((this.#taken.get(host) ?? 0) >= MOST_EACH_HOST)
      await new Promise<void>((resolve) => this.#waiting.set(host, [...(this.#waiting.get(host) ?? []), resolve]))
    this.#taken.set(host, (this.#taken.get(host) ?? 0) + 1)
  }

  #exit(host: string): void {
    this.#taken.set(host, (this.#taken.get(host) ?? 1) - 1)
    const [next, ...others] = this.#waiting.get(host) ?? []
    this.#waiting.set(host, others)
    next?.()
  }
}

/** All sources of this process. */
export const logins = new Logins()

export function loginOf({ host, port, user, tls, passwordEnv, ca }: FtpFolder): string {
  return JSON.stringify([host, port, user, tls, passwordEnv, ca])
}

async function connect({ host, port, user, tls, passwordEnv, ca }: FtpFolder): Promise<Connection> {
  // The data, too, comes from the host of the login: another one that the server names might be anybody's.
  const client = new Client(SILENT_MS, { allowSeparateTransferHost: false, maxListingBytes: MOST_LISTING_BYTES })
  client.parseList = parseWhole(client.parseList)
  try {
    const trusted = ca === undefined ? {} : { ca: await certificates(ca) }
    await client.access({
      host: await addressOf(host),
      port,
      user,
      password: passwordEnv === undefined ? 'anonymous@' : envValue(passwordEnv, 'the password'),
      secure: tls === 'none' ? false : tls === 'implicit' ? 'implicit' : true,
      secureOptions: { host, ...(isIP(host) === 0 ? { servername: host } : {}), ...trusted },
    })
    return { client, features: await client.features() }
  } catch (error) {
    client.close()
    throw error
  }
}

function addressOf(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    guardedLookup(host, {}, (error, address) => {
      if (error) reject(error)
      else resolve(String(address))
    })
  })
}

async function certificates(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const message = `Expected certificates in ${file}, got ${messageOf(error)}. Put them there, or correct ca in \`source\`.`
    throw new TidemarkError('SourceUnavailable', message)
  }
}
