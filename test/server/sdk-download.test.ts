import { access, constants, readdir } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { CLI_VERSION } from '../../src/server/binary-cache.ts'
import { downloadBinary } from '../../src/server/sdk-download.ts'
import { openDownloadSite, openSilentSite } from './download-site.ts'
import { temporaryFolder } from './temporary.ts'

const log = () => {}

test('the release for this machine is asked for, unpacked and kept', async () => {
  const cache = await temporaryFolder()
  const site = await openDownloadSite()
  try {
    const path = await downloadBinary({ cache, downloads: site.url, log })
    await access(path, constants.X_OK)
    expect(site.asked[0]).toMatch(new RegExp(`^/cli/v${CLI_VERSION}\\?arch=(amd64|arm64)&platform=(linux|darwin)&format=tar.gz$`))
    expect(await readdir(cache)).toHaveLength(1)
  } finally {
    await site.close()
  }
})

test.each([
  ['an archive that is cut', { cut: 20 }],
  ['a program that does not run', { program: '#!/bin/sh\nexit 3\n' }],
])('%s is refused, and leaves nothing', async (_case, broken) => {
  const cache = await temporaryFolder()
  const site = await openDownloadSite(broken)
  try {
    await expect(downloadBinary({ cache, downloads: site.url, log })).rejects.toThrow()
    expect(await readdir(cache)).toEqual([])
  } finally {
    await site.close()
  }
})

test('a site that does not answer is given up after 5 seconds', async () => {
  const cache = await temporaryFolder()
  const site = await openSilentSite()
  const began = Date.now()
  try {
    await expect(downloadBinary({ cache, downloads: site.url, log })).rejects.toThrow('timeout')
    expect(Date.now() - began).toBeLessThan(8_000)
  } finally {
    await site.close()
  }
})
