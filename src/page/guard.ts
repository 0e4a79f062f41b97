import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

/** A name that points to this machine is not enough: a page of somebody else may have made its own name do so. */
const OURS = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i

/** Only reads, and only for a page that this machine has asked for by its own name. */
export const onlyOurs: MiddlewareHandler = async (context, next) => {
  const host = context.req.header('host') ?? ''
  if (!OURS.test(host)) return context.text('this page is for this machine alone', 421)
  if (context.req.method !== 'GET' && context.req.method !== 'HEAD') {
    return context.text('this page only reads', 405, { Allow: 'GET, HEAD' })
  }
  const from = context.req.header('sec-fetch-site')
  if (from === 'cross-site' && context.req.path.startsWith('/api/')) return context.text('not for other sites', 403)
  context.header('Cache-Control', 'no-store')
  await next()
  return
}

/** Nothing from elsewhere is loaded, and no text becomes markup or a script, whatever it says. */
export const strict: MiddlewareHandler = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
    requireTrustedTypesFor: ["'script'"],
    trustedTypes: ["'none'"],
  },
  xFrameOptions: 'DENY',
  referrerPolicy: 'no-referrer',
  crossOriginResourcePolicy: 'same-origin',
  crossOriginOpenerPolicy: 'same-origin',
  strictTransportSecurity: false,
})
