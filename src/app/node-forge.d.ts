/** The part of node-forge that writes certificates; the package brings no types of its own. */
declare module 'node-forge' {
  interface Key {
    readonly n: object;
    readonly e: object;
  }
  interface Attribute {
    readonly name: string;
    readonly value: string;
  }
  interface Certificate {
    publicKey: object;
    serialNumber: string;
    readonly validity: { notBefore: Date; notAfter: Date };
    setSubject(attributes: readonly Attribute[]): void;
    setIssuer(attributes: readonly Attribute[]): void;
    setExtensions(extensions: readonly object[]): void;
    sign(key: Key, digest: object): void;
  }
  const forge: {
    readonly md: { readonly sha256: { create(): object } };
    readonly pki: {
      createCertificate(): Certificate;
      privateKeyFromPem(pem: string): Key;
      setRsaPublicKey(n: object, e: object): object;
      certificateToPem(certificate: Certificate): string;
    };
  };
  export default forge;
}
