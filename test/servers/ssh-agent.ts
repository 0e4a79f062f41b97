import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command } from './installed.ts'
import { fromDebian } from './openssh.ts'
import { ServerProcess } from './server-process.ts'

/** OpenSSH's own agent, which holds one key. */
export class SshAgent implements AsyncDisposable {
  readonly socket: string
  readonly #folder: string
  readonly #process: ServerProcess

  private constructor(folder: string, socket: string, process: ServerProcess) {
    this.#folder = folder
    this.socket = socket
    this.#process = process
  }

  static async with(key: string): Promise<SshAgent> {
    const programs = join(await fromDebian('openssh-client'), 'usr', 'bin')
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-agent-'))
    const socket = join(folder, 'socket')
    const file = join(folder, 'key')
    await writeFile(file, key)
    await chmod(file, 0o600)
    const add = () => command('env', [`SSH_AUTH_SOCK=${socket}`, join(programs, 'ssh-add'), '-q', file])
    const isUp = () =>
      add().then(
        () => true,
        () => false,
      )
    const process = await ServerProcess.start({ program: join(programs, 'ssh-agent'), args: ['-D', '-a', socket], answers: isUp })
    await rm(file)
    return new SshAgent(folder, socket, process)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
