import { randomBytes } from 'node:crypto'
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import { azureBlob, env } from '../../../src/config/define.ts'
import type { PipelineInput } from '../../../src/config/schema.ts'
import { AzuriteServer } from '../../servers/azurite.ts'
import type { Ground, Place } from '../contract.ts'

const CONTAINER = 'files'

interface Options extends Partial<Parameters<typeof azureBlob>[1]> {
  readonly container?: string
  readonly account?: string
}

/** An emulator with a container, and its account's key in the environment. */
export class AzureGround implements Ground {
  readonly server: AzuriteServer
  readonly client: ContainerClient
  readonly secrets: readonly string[]
  readonly #wrongKey = randomBytes(64).toString('base64')
  #places = 0

  private constructor(server: AzuriteServer) {
    this.server = server
    const credential = new StorageSharedKeyCredential(server.account, server.key)
    this.client = new ContainerClient(`${server.endpoint()}/${CONTAINER}`, credential)
    this.secrets = [server.key, this.#wrongKey]
  }

  static async start(): Promise<AzureGround> {
    const ground = new AzureGround(await AzuriteServer.start())
    await ground.client.create()
    return ground
  }

  get ports() {
    return [this.server.port]
  }

  /** As a config names it. */
  input(
    prefix: string,
    {
      key = this.server.key,
      container = CONTAINER,
      account = this.server.account,
      ...options
    }: Options & { readonly key?: string } = {},
  ): PipelineInput['source'] {
    const name = `AZURE_${randomBytes(6).toString('hex')}`
    process.env[name] = key
    return azureBlob(`az://${account}/${container}/${prefix}`, {
      files: '{partition}.csv',
      endpoint: this.server.endpoint(),
      accountKey: env(name),
      ...options,
    })
  }

  async place(): Promise<Place> {
    const prefix = `place ${++this.#places}+é`
    const at = (path: string) => this.client.getBlockBlobClient(`${prefix}/${path}`)
    return {
      source: this.input(prefix),
      through: (host) => this.input(prefix, { endpoint: this.server.endpoint(host) }),
      put: async (path, content) => {
        const bytes = Buffer.from(content)
        await at(path).upload(bytes, bytes.length)
      },
      get: (path) =>
        at(path)
          .downloadToBuffer()
          .then(
            (bytes) => bytes.toString(),
            () => undefined,
          ),
      remove: async (path) => {
        await at(path).delete()
      },
      tags: async (path) => (await at(path).getTags()).tags,
    }
  }

  get strangers() {
    return [
      {
        of: () => this.input('place 1+é', { key: this.#wrongKey }),
        told: /got (AuthenticationFailed|AuthorizationFailure) \(403\)\. /,
      },
    ]
  }

  down = () => this.server.down()
  up = () => this.server.up()
  lockOut = async () => {
    await this.server.down()
    await this.server.up(this.#wrongKey)
  }
  letIn = async () => {
    await this.server.down()
    await this.server.up()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
  }
}
