// SPDX-License-Identifier: Apache-2.0

/// Certificates and keys of no other use, in PEM. They expire in 2126 and later.
package enum TestCertificates {
    /// P-256, self-signed, for localhost.
    package static let certificate = Array(
        """
        -----BEGIN CERTIFICATE-----
        MIIBlTCCATugAwIBAgIUe3002Mt0gK+MLvib88r+5pj6YCcwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNzE4NDQyMloYDzIxMjYxMTAz
        MTg0NDIyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAQAitRq5hap52XzyOY0Y/4UF+SHr5TvX8j3REB6o7Xsn2HHtC5g/9W+
        pRpiyqXS0qgEMXyYCaDo+R8HsW/sPM3oo2kwZzAdBgNVHQ4EFgQUSc+Q5JBJOQag
        +jkXheKMXTB6n0AwHwYDVR0jBBgwFoAUSc+Q5JBJOQag+jkXheKMXTB6n0AwDwYD
        VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
        SAAwRQIgRGx/pGMqgBUx3/oqxIXtUcjWkpFLAHEY7U5lijg9+mICIQCIjN55+XY3
        PKSgQ6qHbBzATdh4CnppcVSnm7BU859zKQ==
        -----END CERTIFICATE-----

        """.utf8)

    /// Of `certificate`.
    package static let key = Array(
        """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgieghOOif+bgoDGSg
        8jM22KJxxgmSgMgZ7rtcw4y0JBWhRANCAAQAitRq5hap52XzyOY0Y/4UF+SHr5Tv
        X8j3REB6o7Xsn2HHtC5g/9W+pRpiyqXS0qgEMXyYCaDo+R8HsW/sPM3o
        -----END PRIVATE KEY-----

        """.utf8)

    /// The same key, encrypted.
    package static let encryptedKey = Array(
        """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjhIhYrIkzjvwICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEDvbzSCdv1UMIeatPAl3TYsEgZB+
        vH2YmTB3FO8CjdSKesBxzZw0oIBpurMe6xysn5+4wGekO2xO2IdJeSQjoCtY/s9Z
        lsUI5Ow1IY9/9m6LP/PST8u+L3gV5jjqeP390DD7Y1RxikiCyVz9VgfF58ZgHzxz
        OgwfqpFeHqfNUOg7PkHxO1ELuK+uEAOf6DHYAAWtUe592/kN1qLLzSaSB+2h6SY=
        -----END ENCRYPTED PRIVATE KEY-----

        """.utf8)

    /// Another certificate of the same kind.
    package static let otherCertificate = Array(
        """
        -----BEGIN CERTIFICATE-----
        MIIBdzCCAR2gAwIBAgIUZ2OOfUg+d8Ve8IYHcJOkWVqq6AIwCgYIKoZIzj0EAwIw
        EDEOMAwGA1UEAwwFb3RoZXIwIBcNMjYxMTI3MTg0NDIyWhgPMjEyNjExMDMxODQ0
        MjJaMBAxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
        q7UjVF2ErL0OiBW61vRkgntU1ZxhM6nZFj8Kqqsw+95PIBgp6ncLc0gxjlrHHjFL
        fwxzPbdCaEo59n3DO3DjEKNTMFEwHQYDVR0OBBYEFHW4i/Uu8ouQ1ityouW0/axF
        M55UMB8GA1UdIwQYMBaAFHW4i/Uu8ouQ1ityouW0/axFM55UMA8GA1UdEwEB/wQF
        MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgIfIJ6Y/Ck65fq32I6MCVEEbkfRRGZIWO
        8c8hODsmM+YCIQCqhyoywL2eC2a2D9KEYkw514RxcgLThr64/ZtekFyTWg==
        -----END CERTIFICATE-----

        """.utf8)

    /// Of `otherCertificate`.
    package static let otherKey = Array(
        """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgpiqtBoVZ8IKz1VYl
        Dr/PvbKuYrUxwTfMypx+aQzrtlChRANCAASrtSNUXYSsvQ6IFbrW9GSCe1TVnGEz
        qdkWPwqqqzD73k8gGCnqdwtzSDGOWsceMUt/DHM9t0JoSjn2fcM7cOMQ
        -----END PRIVATE KEY-----

        """.utf8)

    /// RSA of 1024 bits.
    package static let weakCertificate = Array(
        """
        -----BEGIN CERTIFICATE-----
        MIIB/DCCAWWgAwIBAgIUTYG6pNrcW5gXu1o8tBgPPZMGC+QwDQYJKoZIhvcNAQEL
        BQAwDzENMAsGA1UEAwwEd2VhazAgFw0yNjExMjcxODQ0MjJaGA8yMTI2MTEwMzE4
        NDQyMlowDzENMAsGA1UEAwwEd2VhazCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkC
        gYEArhfl1bcWn5ExNM1mY+8oKw84Q8/WUmJe6JuWdkvIMf112z3Hftu0+YzMyJdy
        D4UDvfeus4TuuaXu0FyTzjwsC7cINUSS9aiFcin9oOOSV5hAFfHpVcjNKnWpwG+F
        tHvU/uOyuqCNAe/vLQmPeCNYR78fMlbRJCBXgmPGCpl7BMECAwEAAaNTMFEwHQYD
        VR0OBBYEFGjDFzOVzHEBLxIdso9dWYPuXzZGMB8GA1UdIwQYMBaAFGjDFzOVzHEB
        LxIdso9dWYPuXzZGMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADgYEA
        rQ0r47Rco7nJLO7jwd+GNkUZK1/81CkxtxCxdDGdJvaqq2VlGGGnXbszrpUz9Xnm
        gHc+robYao9hLur9VeUE+Ri3K8yd0VzWVGvCUs43+etY+rW+behpeqSzncM5myJy
        OCRBIXzOQJkyOAlaZ7RsRcmL7+p3z5UT8k9z1j6eJR4=
        -----END CERTIFICATE-----

        """.utf8)

    /// Ed25519.
    package static let ed25519Certificate = Array(
        """
        -----BEGIN CERTIFICATE-----
        MIIBMDCB46ADAgECAhRmmlhUnuLVYZ30W//5zg949roOEjAFBgMrZXAwDTELMAkG
        A1UEAwwCZWQwIBcNMjYxMTI3MTg0NDIyWhgPMjEyNjExMDMxODQ0MjJaMA0xCzAJ
        BgNVBAMMAmVkMCowBQYDK2VwAyEAjY/ZqQZqxQQBiinhGZrAKm9qhNNerNBktj3E
        x0nNhlCjUzBRMB0GA1UdDgQWBBR0vQl5juHxzqgDDcKzzkTo7IQSJDAfBgNVHSME
        GDAWgBR0vQl5juHxzqgDDcKzzkTo7IQSJDAPBgNVHRMBAf8EBTADAQH/MAUGAytl
        cANBAAaXCi8F8UxQU/2Z0LabmvGO0OxBl4p/87cEUfUp5U9uJk4MVfWZOBPFNz52
        g44FtFSP9+xBr7kB6z3YO3wKjwU=
        -----END CERTIFICATE-----

        """.utf8)
}
