// @table
/** The nouns that group commands, and what help says about them. Those without commands are not listed. */
import type { CommandGroup } from "../kit/types.ts";

export const commandGroups: Readonly<Record<string, CommandGroup>> = {
  artifact: { summary: "Manage OCI artifacts" },
  container: { summary: "Manage containers" },
  farm: { summary: "Farm out builds to remote machines" },
  generate: { summary: "Generate structured data based on containers, pods or volumes" },
  healthcheck: { summary: "Manage health checks on containers" },
  image: { summary: "Manage images" },
  "image trust": { summary: "Manage container image trust policy" },
  kube: { summary: "Play containers, pods or volumes from a structured file" },
  machine: { summary: "Manage a virtual machine" },
  "machine os": { summary: "Manage a Podman virtual machine's OS" },
  manifest: { summary: "Manipulate manifest lists and image indexes" },
  network: { summary: "Manage networks" },
  play: { summary: "Play containers, pods or volumes from a structured file", hidden: true },
  pod: { summary: "Manage pods" },
  quadlet: { summary: "Allows users to manage Quadlets" },
  secret: { summary: "Manage secrets" },
  system: { summary: "Manage podman" },
  "system connection": { summary: "Manage remote API service destinations" },
  volume: { summary: "Manage volumes" },
};
