/**
 * An example certificate that signed nothing. RDS publishes those of each region as a bundle
 * (RDS user guide, "Using SSL/TLS to encrypt a connection to a DB instance").
 */
export const rdsCertificates = `-----BEGIN CERTIFICATE-----
MIIBuzCCAWGgAwIBAgIUa555CGNEZV0gVHQc7QDj0kkxlxowCgYIKoZIzj0EAwIw
MjEwMC4GA1UEAwwnRXhhbXBsZSBvZiBhbiBSRFMgY2VydGlmaWNhdGUgYXV0aG9y
aXR5MCAXDTI2MTEyNDIwMjczMFoYDzIxMjYxMDMxMjAyNzMwWjAyMTAwLgYDVQQD
DCdFeGFtcGxlIG9mIGFuIFJEUyBjZXJ0aWZpY2F0ZSBhdXRob3JpdHkwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAARpb1y89UlcEQHTjabw5Y9vRi7daVfEX0ptCJX/
M2WO6jMq7KNsYyyihlbWSbzEq4yJqX1DACU2fIceVgc8UoWlo1MwUTAdBgNVHQ4E
FgQUvomRRB6tV6Cz/LgZQZH3qC7/LmwwHwYDVR0jBBgwFoAUvomRRB6tV6Cz/LgZ
QZH3qC7/LmwwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBW9wpj
R+f5QgnevKWzc56gUxvedtk6Gq1byAdvOQEwYQIhAOJa/CnpwK1b49MLbQd76gsc
LqSsSXovJQXSi6YaZyJh
-----END CERTIFICATE-----
`;
