/**
 * What this process gives to systemd's own programs: those tell the service manager behind NOTIFY_SOCKET when they are ready and when
 * they end, and it would take that for ours.
 */
export function quietEnvironment(env: Readonly<Record<string, string | undefined>> = process.env): Record<string, string | undefined> {
  const { NOTIFY_SOCKET: _, ...quiet } = env;
  return quiet;
}
