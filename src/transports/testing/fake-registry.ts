/** A registry made of functions, for answers that a real one never gives. Loopback, free port. */
import { mediaTypes, type Descriptor } from "../../contract/types/oci.ts";
import { digestOf } from "../../formats/digest.ts";
import type { RegistryAccess } from "../types.ts";

export type Answer = (request: Request, url: URL) => Response | Promise<Response> | undefined;
export interface FakeRegistry extends AsyncDisposable {
  readonly host: string;
  /** `METHOD path` and the Authorization header of every request, in order. */
  readonly seen: { readonly request: string; readonly authorization: string | null; readonly range: string | null }[];
}

/** `answer` decides; undefined means 404. */
export function fakeRegistry(answer: Answer): FakeRegistry {
  const seen: FakeRegistry["seen"] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1", port: 0, idleTimeout: 0,
    async fetch(request) {
      const url = new URL(request.url);
      seen.push({ request: `${request.method} ${url.pathname}${url.search}`, authorization: request.headers.get("authorization"), range: request.headers.get("range") });
      return await answer(request, url) ?? new Response('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}', { status: 404 });
    },
  });
  return { host: `127.0.0.1:${server.port}`, seen, [Symbol.asyncDispose]: async () => { await server.stop(true); } };
}

/** Plain HTTP is allowed everywhere; `credentials` by host. */
export function testAccess(credentials: Readonly<Record<string, { readonly username: string; readonly password: string }>> = {}): RegistryAccess {
  return { credentials: async (registry) => credentials[registry], isInsecure: () => true, certificateFolders: () => [] };
}

export interface FakeImage { readonly manifest: Uint8Array; readonly blobs: ReadonlyMap<string, Uint8Array>; readonly layer: Descriptor; readonly config: Descriptor }

/** An OCI image of one layer, whose DiffID is the layer itself. */
export function fakeImage(layerBytes: Uint8Array): FakeImage {
  const layer: Descriptor = { mediaType: mediaTypes.ociLayer, digest: digestOf(layerBytes), size: layerBytes.length };
  const configBytes = new TextEncoder().encode(JSON.stringify({ architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: [layer.digest] } }));
  const config: Descriptor = { mediaType: mediaTypes.ociConfig, digest: digestOf(configBytes), size: configBytes.length };
  const manifest = new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [layer] }));
  return { manifest, layer, config, blobs: new Map([[layer.digest, layerBytes], [config.digest, configBytes]]) };
}

/** Serves an image as a good registry would. */
export function serveImage({ manifest, blobs }: FakeImage, url: URL): Response | undefined {
  if (url.pathname === "/v2/") return new Response("{}");
  if (/\/manifests\//.test(url.pathname)) return new Response(manifest, { headers: { "content-type": mediaTypes.ociManifest } });
  const blob = blobs.get(/\/blobs\/(.*)$/.exec(url.pathname)?.[1] ?? "");
  return blob === undefined ? undefined : new Response(blob);
}
