import { EngineError } from "../../../base/errors.ts";
import { sign as operation } from "../../../contract/image/sign.ts";
import { defineCommand } from "../../kit/types.ts";

export const imageSignCommand = defineCommand({
  paths: ["image sign"],
  summary: operation.summary,
  description: "Signs images of registries with a GnuPG key; the signatures are files that a lookaside server may offer.",
  usage: "[options] IMAGE [IMAGE...]",
  args: { min: 1, completion: "image" },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, field: operation.input.all },
    authfile: { kind: "string", name: "authfile", field: operation.input.authFile },
    certDir: { kind: "string", name: "cert-dir", field: operation.input.certDir },
    directory: { kind: "string", name: "directory", short: "d", field: operation.input.directory },
    signBy: { kind: "string", name: "sign-by", field: operation.input.signBy },
  },
  where: "local",
  examples: ["podman image sign --sign-by mykey docker://quay.io/team/app:1", "podman image sign --sign-by mykey --directory ./mykeydir docker://quay.io/team/app:1"],
  run: async (context, references, { all, authfile, certDir, directory, signBy = "" }) => {
    if (authfile !== undefined && authfile !== "") (await import("../../../config/auth-file.ts")).checkAuthFile(authfile);
    if (signBy === "") throw new EngineError("invalid-argument", "no identity provided");
    const { image } = await context.engine();
    await image.sign({
      references, signBy, all, ...(authfile === undefined ? {} : { authFile: authfile }), ...(certDir === undefined ? {} : { certDir }), ...(directory === undefined ? {} : { directory }),
    }, { signal: context.signal });
  },
});
