import { defineOperation, filters, map, maybeText, nothing, output, text, toggle } from "../kit.ts";

export interface SecretCreateReport { readonly ID: string }
/** Times are RFC 3339. `SecretData` only where it was asked for. */
export interface InspectSecretReport {
  readonly ID: string;
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly Spec: { readonly Name: string; readonly Driver: { readonly Name: string; readonly Options: Readonly<Record<string, string>> }; readonly Labels: Readonly<Record<string, string>> };
  readonly SecretData?: string;
}

const ref = text("Name, id or unique id prefix of the secret", { completion: "secret" });

/** The body is the secret. */
const create = defineOperation({
  name: "secret.create",
  summary: "Keep a secret",
  input: {
    name: text("Name of the secret", { completion: "none" }),
    driver: maybeText("Driver that keeps it"),
    driverOptions: map("Options of the driver", { wire: "driveropts" }),
    labels: map("Labels"),
    replace: toggle("Replace a secret of that name"),
    ignore: toggle("Leave a secret of that name as it is"),
  },
  output: output<SecretCreateReport>(),
  kind: "value",
  upload: true,
  errors: ["conflict", "invalid-argument"],
  libpod: { method: "POST", path: "/secrets/create" },
});
const list = defineOperation({
  name: "secret.list",
  summary: "List secrets",
  input: { filters: filters() },
  output: output<readonly InspectSecretReport[]>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "GET", path: "/secrets/json" },
});
const inspect = defineOperation({
  name: "secret.inspect",
  summary: "Show a secret's facts",
  input: { ref, showSecret: toggle("Show the secret itself too", { wire: "showsecret" }) },
  output: output<InspectSecretReport>(),
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/secrets/{ref}/json" },
});
/** Containers that have it keep their copy. */
const remove = defineOperation({
  name: "secret.remove",
  summary: "Remove a secret",
  input: { ref },
  output: nothing,
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "DELETE", path: "/secrets/{ref}", status: 204 },
});
const exists = defineOperation({
  name: "secret.exists",
  summary: "Tell whether a secret exists",
  input: { ref },
  output: nothing,
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/secrets/{ref}/exists", status: 204 },
});

export const secret = { create, list, inspect, remove, exists } as const;
