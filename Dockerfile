# Debian, not Alpine: the native parts of Temporal's worker and of DuckDB are built for glibc.
FROM node:22.23.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json tsconfig.page.json worker.ts ./
COPY scripts ./scripts
COPY activities ./activities
COPY workflows ./workflows
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22.23.2-bookworm-slim
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY deploy/worker-health.mjs ./deploy/
# A new volume takes the owner of the folder it covers: without this, only root could write to the warehouse.
RUN mkdir -p /tidemark/.tidemark && chown -R node:node /tidemark
WORKDIR /tidemark
USER node
ENTRYPOINT ["node", "/app/dist/src/cli/main.js"]
CMD ["worker"]
