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
  ]
}
