internal import Models

/// A captured trace as something to watch: where it starts, and what is asked for one by one.
///
/// What the allocator was seen to do is not needed for that, and not read.
struct AllocatorTraceScript {
  /// One thing that the trace asks for.
  struct Step {
    var operation: GoAllocator.Operation
    /// As it is shown: `malloc 48`, `gc`.
    var text: String { operation.text }
  }

  /// The Go release that it was captured from.
  var version: String
  /// The allocator as the trace found it: older spans, pages that others have.
  var start: GoAllocator
  /// What is asked for, in order.
  var steps: [Step]

  /// Reads a trace; every step can be performed.
  static func read(file: String, bytes: [UInt8]) throws(InputError) -> AllocatorTraceScript {
    let reader = JSONReader(file: file, bytes: bytes)
    var start: GoAllocator?
    var steps: [Step] = []
    let replay = try AllocatorReplay.read(
      reader,
      operation: { (replay, captured) throws(InputError) in
        let name = try captured.string("op")
        replay.doing = name
        var operations: [GoAllocator.Operation] = []
        switch name {
        case "alloc": operations = [try replay.malloc(captured)]
        case "drop": operations = try replay.drops(captured)
        default:
          if let operation = try replay.operation(named: name, captured) {
            operations = [operation]
          }
        }
        if steps.isEmpty {
          // Looks in front of the first request tell what others have.
          if operations.isEmpty { try replay.look(captured, after: name) }
          start = replay.model
        }
        for operation in operations {
          replay.model.perform(operation, observer: nil)
          steps.append(Step(operation: operation))
        }
      },
      spans: { (_, _) throws(InputError) in })
    return AllocatorTraceScript(
      version: replay.version, start: start ?? replay.model, steps: steps)
  }
}

extension GoAllocator.Operation {
  /// The operation in the words of a trace: `malloc 48`, `drop 3`, `gc`.
  var text: String {
    switch self {
    case .malloc(let sizeBytes, _, _): "malloc \(sizeBytes)"
    case .drop(let first, let last, _) where first == last: "drop \(first)"
    case .drop(let first, let last, let step): "drop \(first)...\(last) by \(step)"
    case .gc: "gc"
    case .gcLazy: "gclazy"
    case .gcStart: "gcstart"
    case .gcMarkTermination: "gcmarktermination"
    case .sweep(let spans): "sweep \(spans)"
    case .finishSweep: "finishsweep"
    case .worker(let worker): "worker \(worker)"
    case .scavenge(let bytes): bytes.map { "scavenge \($0)" } ?? "scavenge"
    case .freeOSMemory: "freeosmemory"
    case .memoryPressure: "memorypressure"
    case .readMemStats: "readmemstats"
    }
  }
}
