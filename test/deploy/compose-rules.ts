import { existsSync } from 'node:fs'
import { type ComposeFile, repository, type Service } from './compose-file.ts'

/** Each rule names what breaks it. */
export type Rule = (file: ComposeFile) => string[]

const PINNED = /^[a-z0-9/-]+:\d+\.\d+(\.\d+)?(-[a-z0-9]+)?$/
const SECRET_NAME = /PASSWORD|PASSWD|PWD|SECRET|TOKEN|CREDENTIAL|KEY/i
/** A variable that Compose refuses to do without. */
const REQUIRED_VARIABLE = /^\$\{[A-Z_]+:\?[^}]+\}$/
const URL_WITH_PASSWORD = /:\/\/[^/\s:@]+:[^/\s@]+@/

export const imagesArePinned: Rule = (file) => each(file, (service) => (PINNED.test(service.image) ? [] : [service.image]))

export const secretsAreRequiredVariables: Rule = (file) =>
  each(file, (service) =>
    Object.entries(service.environment)
      .filter(([name, value]) => URL_WITH_PASSWORD.test(value) || (SECRET_NAME.test(name) && !REQUIRED_VARIABLE.test(value)))
      .map(([name]) => name),
  )

export const portsAreOnLoopback: Rule = (file) =>
  each(file, (service) => service.ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port)))

export const servicesAreChecked: Rule = (file) =>
  each(file, (service) => (isJob(service) || service.healthcheck !== undefined ? [] : ['no health check']))

export const servicesRestart: Rule = (file) =>
  each(file, ({ restart }) => (restart === 'no' || restart === 'unless-stopped' ? [] : [`restart: ${restart}`]))

/** A service is waited for until it is healthy, a job until it has ended well. */
export const conditionsFit: Rule = (file) =>
  each(file, (service) =>
    Object.entries(service.depends_on)
      .filter(([name, { condition }]) => condition !== conditionFor(file.services[name]))
      .map(([name, { condition }]) => `${name}: ${condition}`),
  )

export const volumesAreUsed: Rule = (file) => {
  const used = mounts(file).filter(({ type }) => type === 'volume')
  const names = new Set(used.map(({ source }) => source))
  const declared = Object.keys(file.volumes)
  return [...declared.filter((name) => !names.has(name)), ...[...names].filter((name) => !declared.includes(name))]
}

export const bindsAreReadOnly: Rule = (file) =>
  mounts(file)
    .filter(({ type, read_only }) => type === 'bind' && !read_only)
    .map(({ source }) => source)

/** A file that is missing would be made as a folder, by root. */
export const bindsExist: Rule = (file) =>
  mounts(file)
    .filter((mount) => mount.type === 'bind' && !('bind' in mount && !mount.bind.create_host_path))
    .map(({ source }) => source)
    .filter((source) => !existsSync(new URL(source, repository)))

export const privilegesAreDropped: Rule = (file) =>
  each(file, (service, name) => [
    ...(service.security_opt.includes('no-new-privileges:true') ? [] : ['new privileges']),
    // The image of PostgreSQL starts as root and needs some of them to become its own user.
    ...(name === 'postgres' || service.cap_drop.includes('ALL') ? [] : ['capabilities']),
  ])

function each(file: ComposeFile, faults: (service: Service, name: string) => string[]): string[] {
  return Object.entries(file.services).flatMap(([name, service]) => faults(service, name).map((fault) => `${name}: ${fault}`))
}

function mounts(file: ComposeFile) {
  return Object.values(file.services).flatMap((service) => service.volumes)
}

function isJob(service: Service): boolean {
  return service.restart === 'no'
}

function conditionFor(service: Service | undefined): string | undefined {
  if (service === undefined) return undefined
  return isJob(service) ? 'service_completed_successfully' : 'service_healthy'
}
