import { randomBytes } from 'node:crypto'
import ssh2 from 'ssh2'

export interface KeyPair {
  readonly private: string
  readonly public: string
}

/** Of two hundred and fifty keys that the library makes one is malformed, and read by nobody: it drops a byte that is zero. */
export function newKey(passphrase?: string): KeyPair {
  for (;;) {
    const comment = randomBytes(4).toString('hex')
    const locked = passphrase === undefined ? {} : { passphrase, cipher: 'aes256-ctr', rounds: 4 }
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment, ...locked })
    if (!(ssh2.utils.parseKey(pair.private, passphrase) instanceof Error)) return pair
  }
}
