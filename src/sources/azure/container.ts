import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import {
  AnonymousCredential,
  ContainerClient,
  newPipeline,
  type RequestPolicy,
  type RequestPolicyFactory,
  StorageRetryPolicyType,
  StorageSharedKeyCredential,
} from '@azure/storage-blob'
import type { AzureContainer } from '../../config/sources/azure.ts'
import type { CallCount } from '../call-count.ts'
import { envValue } from '../env-value.ts'
import { guardedLookup } from '../refused-address.ts'

/** Few, and soon after each other: the client does not hear how long a server asks to be left alone, and who asks it does. */
const TRIES = 4
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5_000
/** Without an answer for so long, none is coming: with all tries a silent server is told in about a minute. */
const SILENT_MS = 15_000
const MOST_SOCKETS = 32

/** A container with a client for it. */
export interface Container {
  readonly client: ContainerClient
  readonly prefix: string
  /** For people. */
  readonly place: string
  /** Who is asked, and by whom: the same of two sources with the same answers. */
  readonly login: string
}

export async function openContainer(config: AzureContainer, calls: CallCount): Promise<Container> {
  const { account, container, prefix, endpoint, accountKeyEnv, sasTokenEnv } = config
  const sas = sasTokenEnv === undefined ? '' : `?${envValue(sasTokenEnv, 'a shared access signature').replace(/^\?/, '')}`
  const pipeline = newPipeline(await credentialOf(config), {
    retryOptions: {
      retryPolicyType: StorageRetryPolicyType.EXPONENTIAL,
      maxTries: TRIES,
      retryDelayInMs: FIRST_PAUSE_MS,
      maxRetryDelayInMs: LONGEST_PAUSE_MS,
      tryTimeoutInMs: SILENT_MS,
    },
  })
  pipeline.factories.push(new InjectorPolicyFactory(endpoint, calls))
  return {
    client: new ContainerClient(`${endpoint}/${container}${sas}`, pipeline),
    prefix,
    place: `az://${account}/${container}/${prefix}`,
    login: JSON.stringify([endpoint, account, container, accountKeyEnv, sasTokenEnv]),
  }
}

async function credentialOf({ account, accountKeyEnv, sasTokenEnv }: AzureContainer) {
  if (accountKeyEnv !== undefined) return new StorageSharedKeyCredential(account, envValue(accountKeyEnv, "the account's key"))
  if (sasTokenEnv !== undefined) return new AnonymousCredential()
  // 60 MB, and only where nothing else is given.
  const { DefaultAzureCredential } = await import('@azure/identity')
  return new DefaultAzureCredential()
}

/** Its name has the client put it within what tries again, so that each try counts. */
class InjectorPolicyFactory implements RequestPolicyFactory {
  readonly #agent: HttpAgent
  readonly #calls: CallCount

  constructor(endpoint: string, calls: CallCount) {
    const options = { keepAlive: true, maxSockets: MOST_SOCKETS, lookup: guardedLookup }
    this.#agent = endpoint.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options)
    this.#calls = calls
  }

  create(next: RequestPolicy): RequestPolicy {
    return {
      sendRequest: (request) => {
        this.#calls.add()
        request.agent = this.#agent
        return next.sendRequest(request)
      },
    }
  }
}
