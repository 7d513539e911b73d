import { type KeySource, KeysUnavailable, StaticKeys } from "../jose/key-source";
import { RemoteKeySources, type RemoteKeysProps } from "../jose/remote-keys";
import type { KeysOf, TrustedKeys } from "./outside-token";

/** Keys of issuers and starters: at the address that the registry names, or in the registry itself, where its signature holds them */
export function issuerKeys(props: Omit<RemoteKeysProps, "address">): KeysOf {
  const remote = new RemoteKeySources(props);
  // An entry lasts as long as its registry.
  const written = new WeakMap<TrustedKeys, StaticKeys>();
  return (issuer): KeySource => {
    const { issuer: name, jwks, jwksUri } = issuer;
    if (jwksUri !== undefined) return remote.of(jwksUri);
    if (jwks === undefined) {
      throw new KeysUnavailable(`the registry was signed without the keys of ${name}: sign it with the keys at hand`);
    }
    const keys = written.get(issuer) ?? new StaticKeys({ keys: jwks });
    written.set(issuer, keys);
    return keys;
  };
}
