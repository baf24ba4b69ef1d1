import { defineOperation, nothing } from "../kit.ts";

/** Does nothing when nothing is missing. */
export const heal = defineOperation({
  name: "network.heal",
  summary: "Make again what is missing of running containers' networks: the resolver, its names, firewall rules",
  input: {},
  output: nothing,
  kind: "value",
  errors: ["unavailable"],
  libpod: { localOnly: "a service does so by itself" },
});
