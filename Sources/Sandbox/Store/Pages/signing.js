// SPDX-License-Identifier: Apache-2.0

/** AWS Signature Version 4 (AWS IAM User Guide, "Create a signed AWS API request"), as in aws-rum-web. */
const service = "rum";
const algorithm = "AWS4-HMAC-SHA256";
const encoder = new TextEncoder();

export const webCrypto = {
  digest: async (message) => new Uint8Array(await crypto.subtle.digest("SHA-256", message)),
  async hmac(key, message) {
    const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", imported, message));
  },
};

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const byCode = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const encode = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
const amazonDate = (date) => date.toISOString().replace(/[-:]|\.\d+/g, "");

async function signature({ method, url, headers, body, query }, { secretAccessKey }, region, time, hash) {
  const names = Object.keys(headers).sort(byCode);
  const canonical = [
    method,
    url.pathname.split("/").map(encode).join("/"),
    query.map((pair) => pair.map(encode).join("=")).sort(byCode).join("&"),
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    hex(await hash.digest(body)),
  ].join("\n");
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = [algorithm, time, scope, hex(await hash.digest(encoder.encode(canonical)))].join("\n");
  let key = encoder.encode(`AWS4${secretAccessKey}`);
  for (const part of [day, region, service, "aws4_request", text]) key = await hash.hmac(key, encoder.encode(part));
  return hex(key);
}

/** The headers of a signed fetch. The signature covers `host`, but the result omits it: the browser sends it. */
export async function signedHeaders(request, credentials, region, { hash = webCrypto, date = new Date() } = {}) {
  const time = amazonDate(date);
  const headers = {
    ...request.headers,
    host: request.url.host,
    "x-amz-content-sha256": hex(await hash.digest(request.body)),
    "x-amz-date": time,
    "x-amz-security-token": credentials.sessionToken,
  };
  const signed = await signature({ ...request, headers, query: [] }, credentials, region, time, hash);
  const { host, ...sent } = headers;
  sent.authorization =
    `${algorithm} Credential=${credentials.accessKeyId}/${time.slice(0, 8)}/${region}/${service}/aws4_request, ` +
    `SignedHeaders=${Object.keys(headers).sort(byCode).join(";")}, Signature=${signed}`;
  return sent;
}

/** A presigned URL, valid for 60 seconds. Beacons need it because sendBeacon cannot set headers. */
export async function presignedAddress(request, credentials, region, { hash = webCrypto, date = new Date() } = {}) {
  const time = amazonDate(date);
  const headers = { ...request.headers, host: request.url.host };
  const query = [
    ["X-Amz-Algorithm", algorithm],
    ["X-Amz-Content-Sha256", hex(await hash.digest(request.body))],
    ["X-Amz-Credential", `${credentials.accessKeyId}/${time.slice(0, 8)}/${region}/${service}/aws4_request`],
    ["X-Amz-Date", time],
    ["X-Amz-Expires", "60"],
    ["X-Amz-Security-Token", credentials.sessionToken],
    ["X-Amz-SignedHeaders", Object.keys(headers).sort(byCode).join(";")],
  ];
  const signed = await signature({ ...request, headers, query }, credentials, region, time, hash);
  const pairs = [...query, ["X-Amz-Signature", signed]].map((pair) => pair.map(encode).join("="));
  return `${request.url.href}?${pairs.join("&")}`;
}
