/** Networks as people and files see them: field names are netavark's. */

/** A network as stored and as `network inspect` shows it: field names are netavark's. */
export interface Network {
  name: string;
  id: string;
  driver: string;
  network_interface?: string;
  created: string;
  subnets?: Subnet[];
  routes?: { destination: string; gateway?: string; metric?: number; route_type?: string }[];
  ipv6_enabled: boolean;
  internal: boolean;
  dns_enabled: boolean;
  network_dns_servers?: string[];
  labels?: Record<string, string>;
  options?: Record<string, string>;
  ipam_options?: Record<string, string>;
}
export interface Subnet { subnet: string; gateway?: string; lease_range?: { start_ip?: string; end_ip?: string } }

/** netavark's status block for one network. */
export interface NetworkStatus {
  readonly interfaces?: Readonly<Record<string, { readonly mac_address: string; readonly subnets?: readonly { readonly ipnet: string; readonly gateway?: string }[] }>>;
  readonly dns_server_ips?: readonly string[];
  readonly dns_search_domains?: readonly string[];
}

/** What `network inspect` shows: the network with the containers that are connected to it now, by id. */
export interface NetworkInspect extends Network {
  containers: Readonly<Record<string, { readonly name: string; readonly interfaces?: NetworkStatus["interfaces"] }>>;
}

/** `Err` is null for a removed one. */
export interface NetworkRemoveReport { readonly Name: string; readonly Err: string | null }
export interface NetworkPruneReport { readonly Name: string; readonly Error: string | null }
