import Models

/// How objects, spans, classes and sizes of the allocator are written.
struct AllocatorWords {
}
