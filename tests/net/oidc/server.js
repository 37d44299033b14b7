// server.js: a sign-in service for oidc.py: node server.js MODULES PORT KEY CERTIFICATE CLIENTS
//
// oidc-provider with its own sign-in pages, HTTPS on the loopback; new signing keys with every start.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [modules, port, key, cert, clients] = process.argv.slice(2);
const found = createRequire(`${modules}/package.json`).resolve('oidc-provider');
const { default: Provider } = await import(pathToFileURL(found));

const kid = Date.now().toString(36);
const jwk = (type, options, alg) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
  alg, use: 'sig', kid: `${alg}-${kid}`,
});
const provider = new Provider(`https://127.0.0.1:${port}`, {
  clients: JSON.parse(clients),
  jwks: { keys: [jwk('rsa', { modulusLength: 2048 }, 'RS256'), jwk('ec', { namedCurve: 'P-256' }, 'ES256')] },
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
  conformIdTokenClaims: false,
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'HS256'] },
  cookies: { keys: ['for tests only'] },
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => ({
      sub: id, name: '李四', preferred_username: `${id}.name`, email: `${id}@example.org`, email_verified: true,
    }),
  }),
});
createServer({ key: readFileSync(key), cert: readFileSync(cert) }, provider.callback())
  .listen(Number(port), '127.0.0.1');
