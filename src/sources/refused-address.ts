import { type LookupAddress, lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { TidemarkError } from '../errors.ts'

/** Where clouds tell a machine its own secrets, and what is only this link's. No files are there, and no config may make a worker ask. */
const REFUSED = new BlockList()
REFUSED.addSubnet('169.254.0.0', 16, 'ipv4')
REFUSED.addSubnet('fe80::', 10, 'ipv6')
REFUSED.addAddress('fd00:ec2::254', 'ipv6') // AWS
REFUSED.addAddress('fd20:ce::254', 'ipv6') // Google
REFUSED.addAddress('100.100.100.200', 'ipv4') // Alibaba
REFUSED.addAddress('168.63.129.16', 'ipv4') // Azure
const REFUSED_NAMES = /^(metadata|metadata\.google\.internal|metadata\.goog|instance-data(\..*)?)\.?$/i

/** Why a host, by name or address, may not be where files are; undefined when it may. */
export function refusedHost(host: string): string | undefined {
  const bare = canonical(host)
  const version = isIP(bare)
  const refused = version === 0 ? REFUSED_NAMES.test(bare) : REFUSED.check(bare, version === 6 ? 'ipv6' : 'ipv4')
  return refused ? `${host} is a link-local or metadata address, where no files are` : undefined
}

/** An address that is written as one number or in hexadecimal is an address too. */
function canonical(host: string): string {
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : host
  return name.replace(/^\[|\]$/g, '')
}

/** Looks a host's name up as the system does, and refuses what it must not be: for sockets. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) return callback(error, '')
    const refused = addresses.map(({ address }) => refusedHost(address)).find((reason) => reason !== undefined)
    if (refused !== undefined) return callback(new TidemarkError('SourceUnavailable', refusal(hostname, refused)), '')
    const [first] = addresses
    if (options.all) callback(null, addresses)
    else callback(null, first?.address ?? '', first?.family)
  })
}

function refusal(hostname: string, refused: string): string {
  return `Expected ${hostname} to be a server of files, got an address that is refused: ${refused}. Correct \`source\` in the config.`
}
