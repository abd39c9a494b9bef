// Zip archives by minizip, which inflates and deflates by zlib.
#ifndef QLENS_CMINIZIP_H
#define QLENS_CMINIZIP_H
#include <minizip/unzip.h>
#include <minizip/zip.h>
#endif
