import CPcap
import Foundation

/// Where a packet capture lies: an open file, or bytes in memory.
///
/// It can be read any number of times.
final class CaptureSource {
  /// The file's name as the user wrote it.
  let name: String
  private let descriptor: Int32
  private let memory: UnsafeMutableRawBufferPointer

  /// A capture in an open file that can be read from its start again; closes it at the end.
  init(name: String, descriptor: Int32) {
    self.name = name
    self.descriptor = descriptor
    memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  }

  /// A capture in memory.
  init(name: String, bytes: [UInt8]) {
    self.name = name
    descriptor = -1
    memory = .allocate(byteCount: bytes.count, alignment: 1)
    memory.copyBytes(from: bytes)
  }

  /// Its length in bytes.
  var size: Int {
    var status = stat()
    return descriptor >= 0 && fstat(descriptor, &status) == 0 ? Int(status.st_size) : memory.count
  }

  deinit {
    if descriptor >= 0 { Foundation.close(descriptor) }
    memory.deallocate()
  }

  /// Whether a file's first bytes are those of a capture.
  ///
  /// The magic numbers of pcap with micro- and nanoseconds in both byte orders, and pcapng's section
  /// header, which reads the same in both. Sources: pcap-savefile(5);
  /// draft-ietf-opsawg-pcapng, section 4.1.
  static func isCapture(_ start: some Sequence<UInt8>) -> Bool {
    magics.contains(Array(start.prefix(4)))
  }

  private static let magics: Set<[UInt8]> = [
    [0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0xc3, 0xd4], [0x4d, 0x3c, 0xb2, 0xa1],
    [0xa1, 0xb2, 0x3c, 0x4d], [0x0a, 0x0d, 0x0d, 0x0a],
  ]

  /// Opens the capture from its start; the reader before must have been closed.
  func open() throws(InputError) -> CaptureReader {
    guard descriptor >= 0 || memory.count > 0 else {
      throw InputError(file: name, "the file is empty")
    }
    var stream: UnsafeMutablePointer<FILE>?
    if descriptor >= 0 {
      let copy = dup(descriptor)
      if copy >= 0 {
        lseek(copy, 0, SEEK_SET)
        stream = fdopen(copy, "r")
        if stream == nil { Foundation.close(copy) }
      }
    } else if memory.count > 0 {
      stream = fmemopen(memory.baseAddress, memory.count, "r")
    }
    guard let stream else {
      throw InputError(
        file: name, "cannot be read: \(String(cString: strerror(errno)))", kind: .unreadable)
    }
    setvbuf(stream, nil, Int32(_IOFBF), 1 << 16)
    return try CaptureReader(name: name, stream: stream)
  }
}

/// libpcap reading one capture, packet by packet.
final class CaptureReader {
  /// The kind of link, a `DLT_` value.
  let link: Int32
  /// Whether packets can be found again by their offset: so in pcap, but not in pcapng.
  let canSeek: Bool
  /// The number of packets read, which is the number of the latest.
  private(set) var packet = 0
  /// What made reading stop before the end.
  private(set) var failure: String?

  private var handle: OpaquePointer?
  private let stream: UnsafeMutablePointer<FILE>

  fileprivate init(name: String, stream: UnsafeMutablePointer<FILE>) throws(InputError) {
    let first = fgetc(stream)
    rewind(stream)
    canSeek = first != 0x0a
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard
      let handle = pcap_fopen_offline_with_tstamp_precision(
        stream, UInt32(PCAP_TSTAMP_PRECISION_NANO), &message)
    else {
      fclose(stream)
      throw InputError(file: name, "no readable packet capture: \(Self.text(message))")
    }
    self.handle = handle
    self.stream = stream
    link = pcap_datalink(handle)
  }

  deinit { close() }

  /// Ends reading; readers of one file share its position, so that only one may be open.
  func close() {
    if let handle { pcap_close(handle) }
    handle = nil
  }

  private static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Where the next packet begins.
  var offset: Int { ftello(stream) }

  /// Goes on behind a packet, which has the number given and lies before the offset.
  func seek(to offset: Int, after packet: Int) {
    fseeko(stream, offset, SEEK_SET)
    self.packet = packet
  }

  /// Reads the next packet: its time in nanoseconds since 1970, its captured bytes and its length on
  /// the wire; nil at the end, or where the capture cannot be read any further.
  ///
  /// The bytes hold until the next call.
  @inline(__always) func next() -> (time: Int, bytes: UnsafeRawBufferPointer, length: Int)? {
    guard let handle else { return nil }
    var header: UnsafeMutablePointer<pcap_pkthdr>?
    var data: UnsafePointer<UInt8>?
    let result = pcap_next_ex(handle, &header, &data)
    guard result == 1, let header, let data else {
      if result == -1 { failure = String(cString: pcap_geterr(handle)) }
      return nil
    }
    packet += 1
    let stamp = header.pointee.ts
    // Times that no clock shows are kept within what can be counted with.
    let seconds = min(max(Int(stamp.tv_sec), -(1 << 32)), 1 << 33)
    let fraction = min(max(Int(stamp.tv_usec), 0), 1 << 32)
    let bytes = UnsafeRawBufferPointer(start: data, count: Int(header.pointee.caplen))
    return (seconds * 1_000_000_000 + fraction, bytes, Int(header.pointee.len))
  }
}
