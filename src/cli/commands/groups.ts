// @table
/** The nouns that group commands, and what help says about them. Those without commands are not listed. */
import type { CommandGroup } from "../kit/types.ts";

export const commandGroups: Readonly<Record<string, CommandGroup>> = {
  artifact: { summary: "OCI artifacts" },
  container: { summary: "Containers" },
  farm: { summary: "Builds on several machines" },
  generate: { summary: "Describe containers, pods and volumes in other formats" },
  healthcheck: { summary: "Run health checks" },
  image: { summary: "Images" },
  "image trust": { summary: "Which signatures images need" },
  kube: { summary: "Containers, pods and volumes from Kubernetes YAML" },
  machine: { summary: "A virtual machine for containers" },
  "machine os": { summary: "The operating system of such a machine" },
  manifest: { summary: "Images for several platforms" },
  network: { summary: "Networks" },
  play: { summary: "Containers, pods and volumes from Kubernetes YAML", hidden: true },
  pod: { summary: "Pods" },
  quadlet: { summary: "Quadlet files" },
  secret: { summary: "Secrets" },
  system: { summary: "The engine itself" },
  "system connection": { summary: "Addresses of Podman services" },
  volume: { summary: "Volumes" },
};
