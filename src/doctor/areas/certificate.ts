/** The operator's certificate. */
import { area, type Facts } from '../facts.js';
import { duration } from '../places.js';

const SOON_MS = 30 * 86_400_000;
const OTHERS_MAY_READ = 0o044;

/** A config that could be loaded has been looked at: without files it has none. */
function filesOf({ certificate, loaded }: Facts) {
  return certificate ?? (loaded ? undefined : null);
}

/** Whether the files can be used at all. */
export const CERTIFICATE_FILES = area('certificate files', filesOf, [
  {
    id: 'certificate-unreadable',
    severity: 'fault',
    title: 'the certificate or its key cannot be read, or is not PEM',
    find: (certificate) =>
      certificate.status === 'read'
        ? []
        : [
            {
              where: `server.tls.${certificate.file}`,
              what: `The file cannot be used: ${certificate.detail}.`,
              cause:
                'It is not there, belongs to another user, or is no PEM file; paths are relative to the config file.',
              fix: `Write the path of a PEM file that this user may read at server.tls.${certificate.file}`,
            },
          ],
  },
]);

function partOf({ certificate, loaded, now }: Facts) {
  if (certificate?.status === 'read') return { ...certificate, now, server: loaded?.config.server };
  return loaded ? undefined : null;
}

/** Whether clients will believe it. */
export const CERTIFICATE = area('certificate', partOf, [
  {
    id: 'certificate-expired',
    severity: 'fault',
    title: 'the certificate has expired',
    find: ({ validTo, now }) =>
      validTo > now
        ? []
        : [
            {
              where: 'server.tls.cert',
              what: `The certificate expired ${duration(now - validTo)} ago.`,
              cause: 'It was not renewed, or the renewed one lies elsewhere.',
              fix: 'Renew it, such as with: certbot renew   then restart the gateway',
            },
          ],
  },
  {
    id: 'certificate-expires-soon',
    severity: 'warning',
    title: 'the certificate expires within 30 days',
    find: ({ validTo, now }) =>
      validTo <= now || validTo - now > SOON_MS
        ? []
        : [
            {
              where: 'server.tls.cert',
              what: `The certificate expires in ${duration(validTo - now)}.`,
              cause: 'Certificates are commonly renewed a month before their end; this one was not.',
              fix: 'Renew it, such as with: certbot renew   then restart the gateway',
            },
          ],
  },
  {
    id: 'certificate-not-yet-valid',
    severity: 'fault',
    title: 'the certificate is not valid yet',
    find: ({ validFrom, now }) =>
      validFrom <= now
        ? []
        : [
            {
              where: 'server.tls.cert',
              what: `The certificate becomes valid in ${duration(validFrom - now)}.`,
              cause: "It was made for later, or this machine's clock is behind.",
              fix: 'Set the clock: timedatectl set-ntp true   or write the path of the current one at server.tls.cert',
            },
          ],
  },
  {
    id: 'certificate-key-mismatch',
    severity: 'fault',
    title: 'the certificate does not belong to its key',
    find: ({ fitsKey }) =>
      fitsKey
        ? []
        : [
            {
              where: 'server.tls.key',
              what: 'The private key is not that of the certificate.',
              cause: 'One of the two files was renewed without the other.',
              fix: 'Write the paths of two files of one renewal at server.tls.cert and server.tls.key',
            },
          ],
  },
  {
    id: 'certificate-name',
    severity: 'warning',
    title: 'the certificate is not for the host of `publicUrl`',
    find: ({ coversPublicUrl, names, server }) =>
      coversPublicUrl !== false
        ? []
        : [
            {
              where: 'server.tls.cert',
              what: `The certificate is for ${names}, not for ${new URL(server?.publicUrl ?? '').hostname}.`,
              cause:
                'Whoever calls publicUrl at this gateway refuses the connection; a proxy in front has a certificate of its own.',
              fix: 'Take a certificate for that host, or write a host of the certificate at server.publicUrl',
            },
          ],
  },
  {
    id: 'certificate-chain-short',
    severity: 'warning',
    title: 'the certificate file holds no intermediate certificate',
    find: ({ chainLength, isSelfSigned }) =>
      chainLength > 1 || isSelfSigned
        ? []
        : [
            {
              where: 'server.tls.cert',
              what: 'The file holds one certificate, signed by another that is not in it.',
              cause: 'Browsers fetch what is missing; most programs do not, and refuse the connection.',
              fix: 'Write the path of the full chain (fullchain.pem, not cert.pem) at server.tls.cert',
            },
          ],
  },
  {
    id: 'certificate-key-readable-by-others',
    severity: 'warning',
    title: "other users may read the certificate's private key",
    find: ({ keyMode, server }) =>
      keyMode === null || (keyMode & OTHERS_MAY_READ) === 0
        ? []
        : [
            {
              where: 'server.tls.key',
              what: `Other users of this machine may read the private key (mode ${keyMode.toString(8)}).`,
              cause: 'New files are readable by all unless umask says otherwise.',
              fix: `chmod 600 ${server?.tls?.key}`,
            },
          ],
  },
]);
