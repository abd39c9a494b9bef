// Zip archives by minizip, which inflates by zlib.
#ifndef QLENS_CMINIZIP_H
#define QLENS_CMINIZIP_H
#include <minizip/unzip.h>
#endif
