/**
 * Hears from a store what is new in it, so that it need not be listed often: an HTTP endpoint for Amazon SNS, Azure Event Grid and Google Pub/Sub.
 *
 *     node --import jiti/register examples/notify.ts dropped_prices s3://bucket/some/prefix 8080
 *
 * The address is that of `source` in the config. The server is that of TEMPORAL_ADDRESS, else localhost:7233. Whoever can reach the endpoint can have
 * the store asked for files, and no more: have a proxy ask for a token before it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { readEvent, Tidemark } from 'tidemark/client'

const [pipeline = 'dropped_prices', source = 's3://bucket/some/prefix', port = '8080'] = process.argv.slice(2)
const tidemark = await Tidemark.connect()

const server = createServer(async (request, response) => {
  // How Event Grid asks whether its CloudEvents are wanted.
  if (request.method === 'OPTIONS') response.setHeader('WebHook-Allowed-Origin', 'eventgrid.azure.net').end()
  else await hear(request, response)
})
server.listen(Number(port), '127.0.0.1', () => console.log(`listening on port ${port}`))

async function hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { paths, answer, confirm } = readEvent(await text(request), source)
    if (paths.length > 0) await tidemark.notify(pipeline, paths)
    if (confirm !== undefined) console.log(`open this once if you want to hear from the topic: ${confirm}`)
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer ?? { paths }))
  } catch (error) {
    // It is sent again, as it should be where the sensor could not be reached.
    console.error(error)
    response.writeHead(500).end()
  }
}
