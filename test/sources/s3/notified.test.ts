import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readSensor } from '../../../src/client/sensor-state.ts'
import * as sent from '../../client/events/payloads.ts'
import { prices } from '../../harness/prices.ts'
import { Program } from '../../harness/program.ts'
import { Running } from '../../harness/running.ts'
import { testServer } from '../../harness/server-address.ts'
import { Workspace } from '../../harness/workspace.ts'
import { freePorts } from '../../server/free-port.ts'
import { S3Ground } from './s3-ground.ts'

const EXAMPLE = new URL('../../../examples/notify.ts', import.meta.url)
const PREFIX = 'place 1+é'

let ground: S3Ground
beforeAll(async () => {
  ground = await S3Ground.start()
})
afterAll(() => ground[Symbol.asyncDispose]())

test('with rare listings a file is loaded as soon as its event has come, as the example hears it', async () => {
  const place = await ground.place()
  await place.put('before.csv', prices(1))
  await using workspace = await Workspace.create({ source: place.source, sensor: { every: '1h' } })
  await using running = await Running.start(workspace)
  const { pipeline, tidemark } = running
  await running.apply()
  await running.outcome('before.csv')
  const sweptAt = async () => (await readSensor(running.client, pipeline))?.sweptAt
  const before = await sweptAt()

  const [port = 0] = await freePorts(1)
  const env = { TEMPORAL_ADDRESS: testServer() }
  await using example = Program.start(EXAMPLE, [pipeline, `s3://files/${PREFIX}`, String(port)], env)
  await example.printed('listening')
  const post = async (event: unknown) => {
    const response = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: JSON.stringify(event) })
    return response.ok ? response.json() : response.status
  }

  await place.put('a+b c.csv', prices(2))
  await place.put('untold.csv', prices(3))
  const Records = [
    sent.s3Record('files', `${PREFIX}/a+b c.csv`),
    sent.s3Record('files', 'another place/x.csv'),
    sent.s3Record('another', `${PREFIX}/x.csv`),
  ]
  expect(await post(sent.snsMessage({ Records }))).toEqual({ paths: ['a+b c.csv'] })
  await running.outcome('a+b c.csv')
  expect(await running.ledgerLines()).toEqual(['a+b c.csv#1 loaded', 'before.csv#1 loaded'])
  expect(await sweptAt()).toBe(before)

  // Where an event lies, nothing is loaded and nothing breaks.
  expect(await post(sent.s3Event('files', `${PREFIX}/never-there.csv`))).toEqual({ paths: ['never-there.csv'] })
  expect(await post(sent.GRID_VALIDATION)).toEqual({ validationResponse: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6' })
  expect(await post('nonsense')).toBe(500)
  const asked = await fetch(`http://127.0.0.1:${port}`, { method: 'OPTIONS' })
  expect(asked.headers.get('WebHook-Allowed-Origin')).toBe('eventgrid.azure.net')
  await tidemark.poll(pipeline)
  await running.outcome('untold.csv')
  expect(await running.ledgerLines()).toHaveLength(3)
})
