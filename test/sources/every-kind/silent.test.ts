import { expect, test } from '@jest/globals'
import { readSensor } from '../../../src/client/sensor-state.ts'
import { prices } from '../../harness/prices.ts'
import { until } from '../../harness/until.ts'
import { Line } from '../../servers/toxiproxy.ts'
import { AzureGround } from '../azure/azure-ground.ts'
import type { Ground } from '../contract.ts'
import { FtpGround } from '../ftp/ftp-ground.ts'
import { GcsGround } from '../gcs/gcs-ground.ts'
import { live } from '../live.ts'
import { S3Ground } from '../s3/s3-ground.ts'
import { OpensshGround } from '../sftp/grounds.ts'

/** Clients wait for half a minute or a whole one, and some try again. */
const TOLD_WITHIN_MS = 150_000

test.concurrent.each<[kind: string, start: () => Promise<Ground>]>([
  ['S3', () => S3Ground.start()],
  ['Azure Blob', () => AzureGround.start()],
  ['Google Cloud Storage', () => GcsGround.start()],
  ['SFTP', () => OpensshGround.start()],
  ['FTP', () => FtpGround.start({ tls: true })],
])('%s: a server that takes connections and says nothing is told, nothing is removed, and all goes on', async (_, start) => {
  await using ground = await start()
  await using line = await Line.to(ground.ports)
  const place = await ground.place()
  await place.put('a.csv', prices(1))
  await using alive = await live(place.through(line.host), { onDeleted: 'remove' })
  const { running, becomes } = alive
  await running.outcome('a.csv')
  await line.silent()
  const state = () => readSensor(running.client, running.pipeline)
  await until('the sensor to fail', async () => (await state())?.state === 'failing', TOLD_WITHIN_MS)
  await line.heal()
  await place.put('b.csv', prices(2))
  await running.outcome('b.csv')
  await becomes('watching')
  expect(await running.ledgerLines()).toEqual(['a.csv#1 loaded', 'b.csv#1 loaded'])
})
