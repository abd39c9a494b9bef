// Zip archives are written by minizip, and inflated and checked by zlib.
#ifndef QLENS_CMINIZIP_H
#define QLENS_CMINIZIP_H
#include <zlib.h>
#include <minizip/zip.h>
#endif
