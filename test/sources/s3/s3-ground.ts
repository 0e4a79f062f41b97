import { randomBytes } from 'node:crypto'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { env, s3 } from '../../../src/config/define.ts'
import type { PipelineInput } from '../../../src/config/schema.ts'
import { type S3Keys, S3Server } from '../../servers/seaweedfs.ts'
import type { Ground, Place } from '../contract.ts'

const BUCKET = 'files'

/** An S3 server with a bucket, and its users' keys in the environment. */
export class S3Ground implements Ground {
  readonly server: S3Server
  readonly client: S3Client
  readonly secrets: readonly string[]
  #places = 0

  private constructor(server: S3Server) {
    this.server = server
    this.client = new S3Client({ ...this.settings, credentials: server.admin })
    this.secrets = [server.admin, server.reader, server.lister, server.getter].map((keys) => keys.secretAccessKey)
  }

  static async start(): Promise<S3Ground> {
    const ground = new S3Ground(await S3Server.start())
    await ground.client.send(new CreateBucketCommand({ Bucket: BUCKET }))
    return ground
  }

  get ports() {
    return [this.server.port]
  }

  get settings() {
    return { endpoint: this.server.endpoint, region: this.server.region, forcePathStyle: true }
  }

  /** As a config names it, with some user's keys. */
  input(
    prefix: string,
    keys: S3Keys = this.server.admin,
    { bucket = BUCKET, ...options }: Partial<Parameters<typeof s3>[1]> & { readonly bucket?: string } = {},
  ): PipelineInput['source'] {
    const name = `S3_${randomBytes(6).toString('hex')}`
    process.env[`${name}_ID`] = keys.accessKeyId
    process.env[`${name}_SECRET`] = keys.secretAccessKey
    return s3(`s3://${bucket}/${prefix}`, {
      files: '{partition}.csv',
      endpoint: this.server.endpoint,
      accessKeyId: env(`${name}_ID`),
      secretAccessKey: env(`${name}_SECRET`),
      ...options,
    })
  }

  async place(): Promise<Place> {
    const prefix = `place ${++this.#places}+é`
    const at = (path: string) => ({ Bucket: BUCKET, Key: `${prefix}/${path}` })
    return {
      source: this.input(prefix),
      through: (host) => this.input(prefix, this.server.admin, { endpoint: `http://${host}:${this.server.port}` }),
      put: async (path, content) => {
        await this.client.send(new PutObjectCommand({ ...at(path), Body: Buffer.from(content) }))
      },
      get: (path) =>
        this.client.send(new GetObjectCommand(at(path))).then(
          ({ Body }) => Body?.transformToString(),
          () => undefined,
        ),
      tags: async (path) => {
        const { TagSet = [] } = await this.client.send(new GetObjectTaggingCommand(at(path)))
        return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]))
      },
      remove: async (path) => {
        await this.client.send(new DeleteObjectCommand(at(path)))
      },
    }
  }

  get strangers() {
    const { admin } = this.server
    return [
      {
        of: () => this.input('place 1+é', { ...admin, secretAccessKey: 'not-the-secret' }),
        told: /list s3:\/\/files\/place .*, got SignatureDoesNotMatch \(403\)\. .* correct the access key and its secret/,
      },
      {
        of: () => this.input('place 1+é', { ...admin, accessKeyId: 'AKNOBODY' }),
        told: /got InvalidAccessKeyId \(403\)\. .* correct the access key and its secret/,
      },
    ]
  }

  down = () => this.server.down()
  up = () => this.server.up()
  lockOut = async () => {
    await this.server.down()
    await this.server.up({ ...this.server.admin, secretAccessKey: randomBytes(20).toString('hex') })
  }
  letIn = async () => {
    await this.server.down()
    await this.server.up()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy()
    await this.server[Symbol.asyncDispose]()
  }
}
