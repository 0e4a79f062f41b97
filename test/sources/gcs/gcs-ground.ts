import { type Bucket, Storage } from '@google-cloud/storage'
import { gcs } from '../../../src/config/define.ts'
import type { PipelineInput } from '../../../src/config/schema.ts'
import { FakeGcsServer } from '../../servers/fake-gcs.ts'
import { HttpFront } from '../../servers/http-front.ts'
import type { Ground, Place } from '../contract.ts'

const BUCKET = 'files'

interface Options extends Partial<Parameters<typeof gcs>[1]> {
  readonly bucket?: string
}

/** A server with a bucket, which asks nobody who they are. */
export class GcsGround implements Ground {
  readonly server: FakeGcsServer
  readonly client: Bucket
  readonly secrets: readonly string[] = []
  #places = 0
  #stranger: HttpFront | undefined

  private constructor(server: FakeGcsServer) {
    this.server = server
    this.client = new Storage({ apiEndpoint: server.endpoint(), projectId: 'test' }).bucket(BUCKET)
  }

  static async start(): Promise<GcsGround> {
    const ground = new GcsGround(await FakeGcsServer.start())
    await ground.client.create()
    return ground
  }

  get ports() {
    return [this.server.port]
  }

  /** As a config names it. */
  input(prefix: string, { bucket = BUCKET, ...options }: Options = {}): PipelineInput['source'] {
    return gcs(`gs://${bucket}/${prefix}`, { files: '{partition}.csv', endpoint: this.server.endpoint(), ...options })
  }

  async place(): Promise<Place> {
    const prefix = `place ${++this.#places}+é`
    const at = (path: string) => this.client.file(`${prefix}/${path}`)
    return {
      source: this.input(prefix),
      through: (host) => this.input(prefix, { endpoint: this.server.endpoint(host) }),
      put: (path, content) => at(path).save(Buffer.from(content), { resumable: false }),
      get: (path) =>
        at(path)
          .download()
          .then(
            ([bytes]) => bytes.toString(),
            () => undefined,
          ),
      remove: async (path) => {
        await at(path).delete()
      },
    }
  }

  down = () => this.server.down()
  up = () => this.server.up()
  /** This server knows everybody: another one answers in its place, as Google does. */
  lockOut = async () => {
    await this.server.down()
    this.#stranger = await HttpFront.to(this.server.port, '127.0.0.1')
    const body = { error: { code: 401, message: 'Invalid Credentials', errors: [{ reason: 'authError' }] } }
    this.#stranger.answer = () => ({
      status: 401,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  }
  letIn = async () => {
    await this.#stranger?.[Symbol.asyncDispose]()
    await this.server.up()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
  }
}
