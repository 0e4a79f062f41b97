import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

export const repository = new URL('../../', import.meta.url)

const service = z.object({
  image: z.string(),
  build: z.unknown().optional(),
  restart: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z
    .array(
      z.union([
        z.string().transform(shortMount),
        z.object({
          type: z.literal('bind'),
          source: z.string(),
          target: z.string(),
          read_only: z.boolean().default(false),
          bind: z.object({ create_host_path: z.boolean() }),
        }),
      ]),
    )
    .default([]),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
})

const composeFile = z.object({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.null()) })

export type ComposeFile = z.infer<typeof composeFile>
export type Service = z.infer<typeof service>

/** The file as Compose merges it, before it puts in the variables. */
export function readCompose(): unknown {
  return parse(readFileSync(new URL('docker-compose.yml', repository), 'utf8'), { merge: true })
}

/** The parts of it that the rules look at; a form that they do not know is an error, so that nothing slips by. */
export function composeParts(file: unknown): ComposeFile {
  return composeFile.parse(file)
}

function shortMount(mount: string) {
  const [source = '', target = '', mode] = mount.split(':')
  return { type: source.startsWith('.') ? 'bind' : 'volume', source, target, read_only: mode === 'ro' }
}
