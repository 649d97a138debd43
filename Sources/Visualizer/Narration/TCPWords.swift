import Models

/// How ends, segments, times and calls are written.
struct TCPWords {
}
