import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker'

// Failures that tests provoke are no news.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  shutdownSignals: [],
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
})
