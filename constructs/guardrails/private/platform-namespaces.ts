/** Namespaces of Ambit's own components */
export const OF_PLATFORM = /^(?:ambit-system|spire-server|spire-system)$/;
