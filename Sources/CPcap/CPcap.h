// What the program uses of libpcap: opening captures that were written before, never a device.
#include <pcap/pcap.h>
