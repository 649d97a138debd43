/// The scenarios that come with the program, compiled into it.
///
/// They live in a target of their own so that the large byte tables are compiled only when a
/// scenario changes, and in the binary itself so that it finds them wherever it is copied to.
public enum BundledScenarios {
  /// Names and YAML texts, in the order in which they are listed.
  public static let all: [(name: String, yaml: [UInt8])] = [
    ("map-lookup", PackageResources.map_lookup_yaml),
    ("map-growth", PackageResources.map_growth_yaml),
    ("map-growth-go", PackageResources.map_growth_go_yaml),
    ("map-overflow", PackageResources.map_overflow_yaml),
    ("map-same-size", PackageResources.map_same_size_yaml),
    ("malloc-three-levels", PackageResources.malloc_three_levels_yaml),
    ("malloc-tiny", PackageResources.malloc_tiny_yaml),
    ("malloc-large", PackageResources.malloc_large_yaml),
    ("malloc-sweep", PackageResources.malloc_sweep_yaml),
    ("malloc-two-workers", PackageResources.malloc_two_workers_yaml),
    ("memory-top", PackageResources.memory_top_yaml),
    ("malloc-layout-notes", PackageResources.malloc_layout_notes_yaml),
    ("tcp-open", PackageResources.tcp_open_yaml),
    ("tcp-close", PackageResources.tcp_close_yaml),
    ("tcp-close-three", PackageResources.tcp_close_three_yaml),
    ("tcp-half-close", PackageResources.tcp_half_close_yaml),
    ("tcp-simultaneous-close", PackageResources.tcp_simultaneous_close_yaml),
    ("tcp-lost-last-ack", PackageResources.tcp_lost_last_ack_yaml),
    ("tcp-no-time-wait-lost-ack", PackageResources.tcp_no_time_wait_lost_ack_yaml),
    ("tcp-no-time-wait-stale", PackageResources.tcp_no_time_wait_stale_yaml),
    ("tcp-reset", PackageResources.tcp_reset_yaml),
    ("tcp-time-wait-reuse", PackageResources.tcp_time_wait_reuse_yaml),
    ("http-websocket", PackageResources.http_websocket_yaml),
  ]
}
