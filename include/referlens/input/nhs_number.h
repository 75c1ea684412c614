#ifndef N_H
#define N_H
#include "referlens/base/text.h"
static inline bool nhs_number_is_valid(struct text t){
 if(t.length!=10)
 return false;
 int s=0; for(int i=0;i<9;i++) {
 if(t.bytes[i]<'0'||t.bytes[i]>'9') return false;
 s+=(t.bytes[i]-'0')*(10-i);} int c=11-s%11; if(c==11)
c=0;
 return c!=10 && t.bytes[9]-'0'==c; }
#endif
