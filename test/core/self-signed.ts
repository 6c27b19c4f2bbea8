/** A certificate that nobody signed but itself, with its key: made for the tests, valid for a century, trusted nowhere. */
export const selfSigned: { readonly key: string; readonly cert: string } = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgwmsvrseKPLFS1/yY
9Fcp7ATAX95Kx7EAGO1EG24wk52hRANCAAS/cPI5yR2VK+3FgtMKKncFF2Ce6hZi
hf+N7I8qKPyPkfag63xth1OE735mafEogAOuGHnqdjCCbV2j/STml47C
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUFjD6oOX6fhf4e1SD/TfqJhYzhr0wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDIxMjczNVoYDzIxMjYxMDMx
MjEyNzM1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAS/cPI5yR2VK+3FgtMKKncFF2Ce6hZihf+N7I8qKPyPkfag63xth1OE
735mafEogAOuGHnqdjCCbV2j/STml47Co1MwUTAdBgNVHQ4EFgQUzO86N8Pgl/CB
HKroy6HX6rPnM4wwHwYDVR0jBBgwFoAUzO86N8Pgl/CBHKroy6HX6rPnM4wwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEApRL+eOL/n0Ok1RucU0tF
WCzEBETXAdDHGCfhYUM/OK8CIDZrzUQaC9J6XBlujtDKfF5JQH+1EwIMkSPhovIW
VDV/
-----END CERTIFICATE-----`,
}
